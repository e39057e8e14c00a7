"""What a lobby has taught, as plain data: what is kept of it while nobody runs.

It is taken when a day has turned: then nobody waits, nobody has been told anything, and all that
was learned is sums over days that are past. Appointments are not in it: they are known, not
learned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from appliance.line.arrivals import BINS
from appliance.line.calibration import Tally
from appliance.line.hours import Change
from appliance.line.tallies import Share, Sums

if TYPE_CHECKING:
    from appliance.line.calibration import Calibration
    from appliance.line.learning import Learned

VERSION = 1
"""Another meaning of anything below is another version: such a memory is not taken up."""


@dataclass(frozen=True, slots=True)
class Memory:
    """All that days before today have taught.

    Args:
        lengths: Service → how long its conversations lasted.
        more_time: How many times as long those of people who wished for more time.
        pace_squares: How much whole days differed.
        pace_days: On how many days that is.
        absent: Of the appointments, those whose person never came.
        gone_booked: Of those called with an appointment, those who did not answer.
        gone_walk_in: The same without an appointment.
        gone_s: How long a counter was kept by these.
        hesitation_s: How long free clerks take to call.
        offsets_s: From slot to scan, of the last who came.
        counters: Counter → its last days.
        arrival_days: On how many days people came.
        arrivals: Service → how many came in each half-hour.
        levels: Where past forecasts were met.
        scores: What became of the forecasts of the last days.
    """

    lengths: Mapping[str, Sums]
    more_time: Sums
    pace_squares: float
    pace_days: float
    absent: Share
    gone_booked: Share
    gone_walk_in: Share
    gone_s: Sums
    hesitation_s: Sums
    offsets_s: Sequence[float]
    counters: Mapping[str, Sequence[Sequence[Change]]]
    arrival_days: float
    arrivals: Mapping[str, Sequence[float]]
    levels: Sequence[float]
    scores: Sequence[Tally]

    def __post_init__(self) -> None:
        for code, bins in self.arrivals.items():
            if len(bins) != BINS:
                raise ValueError(f"arrivals of '{code}' are {len(bins)} half-hours, not {BINS}")

    @classmethod
    def of(cls, learned: Learned, calibration: Calibration) -> Memory:
        """Take down what was learned; later learning does not change it."""
        conversations, arrivals = learned.conversations, learned.arrivals
        memory = cls(
            conversations.past,
            conversations.more_time,
            conversations.pace_squares,
            conversations.pace_days,
            learned.absent,
            learned.gone[True],
            learned.gone[False],
            learned.gone_s,
            learned.hesitation_s,
            learned.offsets_s,
            {counter: list(days) for counter, days in learned.hours.past.items()},
            arrivals.days,
            {code: bins.tolist() for code, bins in arrivals.past.items()},
            list(calibration.levels),
            list(calibration.days),
        )
        return deepcopy(memory)

    def recall(self, learned: Learned, calibration: Calibration) -> None:
        """Let `learned` and `calibration`, which are new, know it."""
        kept = deepcopy(self)
        conversations, arrivals = learned.conversations, learned.arrivals
        conversations.past = dict(kept.lengths)
        conversations.more_time = kept.more_time
        conversations.pace_squares = kept.pace_squares
        conversations.pace_days = kept.pace_days
        learned.absent = kept.absent
        learned.gone = {True: kept.gone_booked, False: kept.gone_walk_in}
        learned.gone_s = kept.gone_s
        learned.hesitation_s = kept.hesitation_s
        learned.offsets_s = list(kept.offsets_s)
        for counter, days in kept.counters.items():
            learned.hours.keep(counter, days)
        arrivals.days = kept.arrival_days
        arrivals.past = {code: np.array(bins) for code, bins in kept.arrivals.items()}
        calibration.levels.extend(kept.levels)
        calibration.days.extend(kept.scores)
