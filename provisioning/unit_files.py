"""The units that are not the lobby's processes: what a Pi fetches by itself, and the tunnel.

Those of the processes are in `systemd/`. These depend on what a device is made of.
"""

from __future__ import annotations

from typing import Final

from provisioning.settings_files import HEAD

_SHUT: Final = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
LockPersonality=yes
PrivateDevices=yes
PrivateMounts=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
RemoveIPC=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
"""
_LOCKED: Final = f"""\
MemoryDenyWriteExecute=yes
PrivateUsers=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
{_SHUT}"""

SERIAL: Final = f"""{HEAD}# Its printer is at a serial line: the Pi's own, or a converter.
[Service]
DeviceAllow=char-ttyAMA rw
DeviceAllow=char-ttyS rw
DeviceAllow=char-ttyUSB rw
DeviceAllow=char-ttyACM rw
"""

BACKLIGHT: Final = f"""{HEAD}# At night it switches off the light of a panel at the DSI port.
[Service]
# ProtectKernelTunables= leaves /sys to be read; the longer path wins. Of all that is below, the
# user of this process may write to what a udev rule gave to its group, and to nothing else.
ReadWritePaths=/sys/devices
"""

CEC: Final = f"""{HEAD}# At night it tells the screen at the HDMI port to stand by.
[Service]
# /dev/cec0 is for the group video (udev's own rules).
DeviceAllow=char-cec rw
"""

TUNNEL: Final = f"""{HEAD}[Unit]
Description=Lobby: the way to the bus, on the desk's Pi
StartLimitIntervalSec=0

[Service]
Type=exec
# What a power cut left of it; nothing can be bound there while it is.
ExecStartPre=/bin/rm -f /run/lobby/bus/socket
ExecStart=/usr/bin/stunnel4 /etc/lobby/tunnel.conf
Restart=always
RestartSec=1s
User=lobby-tunnel
Group=lobby
# The device's key is here and nowhere else: the scanner stays without keys and without network.
LoadCredential=device.key:/etc/lobby/uplink/device.key
# The socket is for the group of the processes alone.
UMask=0117
ReadWritePaths=/run/lobby/bus
{_LOCKED}
[Install]
WantedBy=multi-user.target
"""

SLIDES_TIMER: Final = f"""{HEAD}[Unit]
Description=Lobby: look for new slides

[Timer]
OnBootSec=2min
OnUnitInactiveSec=15min
RandomizedDelaySec=2min

[Install]
WantedBy=timers.target
"""


def slides(folder: str, program: str) -> str:
    """Give the unit that fetches slides: the board itself has no network.

    Args:
        folder: Of the slides.
        program: The `lobby` command.
    """
    return f"""{HEAD}[Unit]
Description=Lobby: fetch the slides

[Service]
Type=oneshot
ExecStart={program} slides fetch --config /etc/lobby/lobby.toml
TimeoutStartSec=5min
User=lobby-slides
Group=lobby
UMask=0022
ReadWritePaths={folder}
{_LOCKED}"""


def update(installer: str, url: str, authorities: str | None, hours: str) -> str:
    """Give the unit that fetches a release without any rights, and takes it with all of them.

    Args:
        installer: The program that installs releases.
        url: Of the release's folder.
        authorities: Who may vouch for the server; None: whom Debian trusts.
        hours: In which it may take over, such as `03:40-05:40`.
    """
    ca = f" --ca {authorities}" if authorities else ""
    return f"""{HEAD}[Unit]
Description=Lobby: fetch a release, and let it take over

[Service]
Type=oneshot
# Whoever speaks with a server may do nothing else here...
DynamicUser=yes
StateDirectory=lobby-fetch
StateDirectoryMode=0700
ExecStart={installer} fetch {url.replace("%", "%%")} --to %S/lobby-fetch{ca}
# ...and who may do all (+) believes nothing that the office has not signed.
ExecStart=+{installer} take %S/lobby-fetch --between {hours}
TimeoutStartSec=2h
{_LOCKED}"""


def judge(installer: str, clips: str | None) -> str:
    """Give the unit that goes on at boot with the trial of a release, if a power cut ended it.

    It starts units and changes what root alone may: so it is root, and has nothing else of root's.

    Args:
        installer: The program that installs releases.
        clips: Folder of the announcements; None: there are none.
    """
    more = f" -{clips}" if clips else ""
    return f"""{HEAD}[Unit]
Description=Lobby: judge the release that was on trial when the power went
ConditionPathExists=/opt/lobby/on-trial
# It watches the processes as they come up. Not after lobby.target: one that hangs as it starts
# would hold that up, and so the verdict.
After=mosquitto.service

[Service]
Type=oneshot
ExecStart={installer} judge
TimeoutStartSec=10min
# The bus, and the password of the command line.
SupplementaryGroups=lobby
ReadWritePaths=/opt/lobby /run -/srv/lobby -/var/lib/lobby-releases{more}
# paho wakes its own thread over 127.0.0.1; all others are reached through unix sockets.
PrivateNetwork=yes
IPAddressDeny=any
IPAddressAllow=localhost
RestrictAddressFamilies=AF_UNIX AF_INET
{_SHUT}
[Install]
WantedBy=multi-user.target
"""


def update_timer(at: str) -> str:
    """Give when that is: a night that was missed is not made up for in the morning."""
    return f"""{HEAD}[Unit]
Description=Lobby: look for a new release at night

[Timer]
OnCalendar=*-*-* {at}
RandomizedDelaySec=20m
Persistent=false

[Install]
WantedBy=timers.target
"""
