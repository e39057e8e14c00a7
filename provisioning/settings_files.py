"""The texts of the settings that a Pi gets, each with the reason for it.

What reality taught stands where it was learned: sshd takes the first value that it finds, so ours
must come before cloud-init's `50-`; journald keeps nothing over a boot unless told; a watchdog
tighter than a minute reboots a Pi that is merely busy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEAD: Final = "# Written by provisioning: change that, not this.\n"

JOURNALD: Final = f"""{HEAD}[Journal]
# Raspberry Pi OS keeps it in memory: after a power cut nobody could tell what happened before.
Storage=persistent
SystemMaxUse=100M
RuntimeMaxUse=30M
# No longer than the lobby's own journal.
MaxRetentionSec=14day
# The card lives longer; what is urgent is synced at once all the same.
SyncIntervalSec=5m
"""

WATCHDOG: Final = f"""{HEAD}[Manager]
# The hardware's own: if the kernel or systemd hangs, the Pi starts again.
RuntimeWatchdogSec=1m
RebootWatchdogSec=10min
"""

SSHD: Final = f"""{HEAD}# 10-, as sshd takes the first value that it reads, and
# cloud-init writes a 50-.
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
PermitEmptyPasswords no
X11Forwarding no
AllowAgentForwarding no
AllowTcpForwarding no
MaxAuthTries 4
LoginGraceTime 30
"""
SSHD_EFFECTIVE: Final = (
    "passwordauthentication no",
    "kbdinteractiveauthentication no",
    "permitrootlogin no",
    "permitemptypasswords no",
    "x11forwarding no",
    "allowagentforwarding no",
    "allowtcpforwarding no",
    "maxauthtries 4",
    "logingracetime 30",
)

MOSQUITTO_UNIT: Final = f"""{HEAD}[Unit]
StartLimitIntervalSec=0

[Service]
# Only our settings: Debian's own would bring a listener and a memory of its own.
ExecStart=
ExecStart=/usr/sbin/mosquitto -c /etc/mosquitto/lobby/mosquitto.conf
Restart=always
RestartSec=500ms
"""

NGINX_UNIT: Final = f"""{HEAD}[Unit]
StartLimitIntervalSec=0

[Service]
Restart=always
RestartSec=1s
"""

PRINTER_RULE: Final = f"""{HEAD}# One owner of a USB printer: the kernel's usblp, and through it
# the desk. Whatever number it got, it is /dev/lobby-printer.
SUBSYSTEM=="usbmisc", KERNEL=="lp*", GROUP="lp", MODE="0660", SYMLINK+="lobby-printer"
"""

BACKLIGHT_RULE: Final = f"""{HEAD}# Who draws (group video) may switch the light of a panel at the
# DSI port off at night, and nothing else of it.
SUBSYSTEM=="backlight", ACTION!="remove", \\
  RUN+="/bin/chgrp video $sys$devpath/bl_power", RUN+="/bin/chmod g+w $sys$devpath/bl_power"
"""

TOUCH_RULE: Final = f"""{HEAD}# A kiosk hears of screens that are there when it starts:
# udev tells its news over the network, of which it has none. One whose cable was out for a moment
# shall be felt again.
SUBSYSTEM=="input", KERNEL=="event*", ACTION=="add", ENV{{ID_INPUT_TOUCHSCREEN}}=="1", \\
  RUN+="/bin/systemctl --no-block try-restart lobby-kiosk.service"
"""

RULES_COUNT: Final = """\
if systemctl -q is-active systemd-udevd; then
  udevadm control --reload
  udevadm trigger --subsystem-match=backlight --subsystem-match=usbmisc
  udevadm settle --timeout=30
fi
"""
"""Rules are for what comes: what is there has to come once more. A container has no udev."""

UPDATES: Final = f"""{HEAD}APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern {{
  "origin=Debian,codename=${{distro_codename}},label=Debian-Security";
  "origin=Debian,codename=${{distro_codename}}-security,label=Debian-Security";
}};
// Upgrades of these broke cameras: they come with a release that was tried.
Unattended-Upgrade::Package-Blacklist {{
  "python3-picamera2$";
  "libcamera";
}};
Unattended-Upgrade::Automatic-Reboot "false";
"""


def tmpfiles(owner: str) -> str:
    """Give the folder of the bus's socket, for who makes that: the broker, or a tunnel."""
    return f"""{HEAD}# The socket gets the group of its folder (setgid), that of the processes.
d /run/lobby 0755 root root -
d /run/lobby/bus 2750 {owner} lobby -
"""


def tunnel(host: str, port: int) -> str:
    """Give stunnel's settings (stunnel(8)): a unix socket here, the bus on the desk's Pi there."""
    check = "checkIP" if re.fullmatch(r"[0-9.]+", host) else "checkHost"
    return f"""; Written by provisioning: change that, not this.
foreground = yes
pid =
syslog = no
debug = warning

[bus]
client = yes
accept = /run/lobby/bus/socket
connect = {host}:{port}
cert = /etc/lobby/uplink/device.pem
key = /run/credentials/lobby-tunnel.service/device.key
CAfile = /etc/lobby/uplink/ca.pem
verifyChain = yes
{check} = {host}
sslVersionMin = TLSv1.2
; A slip's number goes back and forth in small packets: none waits for another one.
socket = r:TCP_NODELAY=1
socket = r:SO_KEEPALIVE=1
TIMEOUTconnect = 5
TIMEOUTclose = 0
; Whoever is behind it tells within a minute that it lives (keepalive).
TIMEOUTidle = 120
"""


def timesyncd(servers: Sequence[str]) -> str:
    """Give where the time comes from. Nothing waits for it."""
    return f"{HEAD}[Time]\n" + (f"NTP={' '.join(servers)}\n" if servers else "")


def window(at: str) -> str:
    """Give a timer's time of day, for the lists of packages and then the updates."""
    return f"{HEAD}[Timer]\nOnCalendar=\nOnCalendar=*-*-* {at}\nRandomizedDelaySec=20m\n"


def proxy(url: str) -> str:
    """Give how packages are reached."""
    return f'// Written by provisioning: change that, not this.\nAcquire::http::Proxy "{url}";\n'


def firewall(ports: Iterable[int]) -> str:
    """Give nftables' rules: these TCP ports, and nothing else comes in (nft(8))."""
    opened = ", ".join(map(str, sorted(set(ports))))
    return f"""#!/usr/sbin/nft -f
{HEAD}
# This table is ours; others are left alone. Both lines work whether or not it is there.
table inet lobby
delete table inet lobby

table inet lobby {{
  chain input {{
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    ct state invalid drop
    iif lo accept
    # Without these IPv6 does not work, and nobody can tell whether a Pi is there.
    meta l4proto ipv6-icmp accept
    icmp type {{ echo-request, destination-unreachable, time-exceeded, parameter-problem }} accept
    udp dport 68 accept comment "DHCP"
    udp dport 546 ip6 saddr fe80::/10 accept comment "DHCPv6"
    tcp dport {{ {opened} }} accept
  }}
  chain forward {{
    type filter hook forward priority filter; policy drop;
  }}
}}
"""
