"""From settings to what stands at the entrance: buttons, ring of light, buzzer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.wiring import attached

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from appliance import config
    from appliance.desk.panel import Panel
    from appliance.desk.ring import Ring
    from appliance.desk.surroundings import HelpWanted, Pressed, Watch
    from appliance.drivers.buttons import Buttons
    from appliance.drivers.buzzer import Buzzer
    from appliance.drivers.clock import Clock
    from appliance.drivers.lamps import Lamps, Light


class Entrance:
    """What stands there, and what the desk makes of it.

    Args:
        buttons: Not yet open.
        panel: Looks after them.
        lamps: The ring, not yet open.
        buzzer: Not yet open.
    """

    def __init__(self, buttons: Buttons, panel: Panel, lamps: Lamps, buzzer: Buzzer) -> None:
        self._buttons = buttons
        self._lamps = lamps
        self._buzzer = buzzer
        self.panel = panel

    def show(self, light: Light) -> None:
        """Say something with light and tone."""
        self._lamps.show(light)
        self._buzzer.buzz(light)

    def ring(self, watch: Watch) -> Ring:
        """Give what has the ring say whether codes can be read."""
        from appliance.desk.ring import Ring

        return Ring(lambda: watch.told()["camera"], self._lamps.rest)

    def attachments(
        self, put: Callable[[Pressed | HelpWanted], None]
    ) -> Sequence[tuple[str, Callable[[], None], Callable[[], None]]]:
        """Give name, start and end of each; its alarm has the same name.

        Args:
            put: Takes what happens at the buttons.
        """
        from appliance.desk.surroundings import HelpWanted, Pressed
        from appliance.drivers.buttons import HELP

        def pressed(name: str) -> None:
            put(HelpWanted() if name == HELP else Pressed(name))

        return (
            ("lamps", self._lamps.open, self._lamps.close),
            ("buzzer", self._buzzer.open, self._buzzer.close),
            ("buttons", lambda: self._buttons.open(pressed), self._buttons.close),
        )


def entrance(settings: config.Settings, clock: Clock) -> Entrance:
    """Build what stands at the entrance, not yet started."""
    buttons = attached.buttons(settings.buttons)
    zone = settings.site.timezone
    return Entrance(
        buttons,
        _panel(settings, buttons),
        attached.lamps(settings.lamps),
        attached.buzzer(settings.buzzer, lambda: clock.now().astimezone(zone).time()),
    )


def _panel(settings: config.Settings, buttons: Buttons) -> Panel:
    from appliance.desk.panel import Panel
    from appliance.drivers.buttons import HELP
    from appliance.strings import texts

    language, chosen = settings.site.language, settings.buttons
    names = {each.code: each.text[language] for each in settings.services}
    names[HELP] = texts(language)("alarm.button_help")
    return Panel(chosen.per_minute, chosen.per_press, buttons.stuck, names)
