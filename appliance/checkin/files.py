"""Where `write_atomically` was before other parts needed it; see `appliance.files`."""

from __future__ import annotations

from appliance.files import write_atomically

__all__ = ["write_atomically"]
