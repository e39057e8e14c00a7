"""Gives libcamera's virtual camera something to see; for the tree of script/test-camera only.

python3 -m tests.camera.prepare PICTURES CONFIGURATION
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from appliance.drivers.pictures import held_up
from tests.seeing.codes import appointment, qr

CONFIGURATION = """\
"Virtual0":
  supported_formats:
  - {{ width: 1280, height: 720, frame_rates: [30] }}
  - {{ width: 160, height: 90, frame_rates: [30] }}
  frames:
    path: "{pictures}/"
  location: "CameraLocationExternal"
  model: "Virtual Camera"
"""


def main(pictures: Path, configuration: Path) -> None:
    """Write a picture of a code, and where it is."""
    pictures.mkdir(parents=True, exist_ok=True)
    view = held_up(qr(appointment()), np.full((720, 1280), 96, np.uint8))
    Image.fromarray(view).convert("RGB").save(pictures / "0.jpg", quality=92)
    configuration.mkdir(parents=True, exist_ok=True)
    (configuration / "virtual.yaml").write_text(CONFIGURATION.format(pictures=pictures))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
