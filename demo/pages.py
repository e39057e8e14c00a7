"""The pages for counters and reception, served as on a Pi, but without TLS, to this machine."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.pages import lay_out
from central.access import web_server
from demo.broker import PROGRAM_FOLDERS

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.config import Settings

CONFIG = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    types {{
        text/html html;
        text/css css;
        text/javascript js;
        application/json json;
        image/svg+xml svg;
        text/plain txt;
    }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/lobby.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A web server that is ready to be started.

    Args:
        command: Starts it.
        url: Where the pages are.
    """

    command: tuple[str, ...]
    url: str


def set_up(folder: Path, settings: Settings, port: int, bus_port: int) -> Server | None:
    """Lay out the pages and write what the server needs; None: nginx is not installed.

    Args:
        folder: For all of it.
        settings: Of the lobby.
        port: Where browsers come, on 127.0.0.1.
        bus_port: Where the bus listens for WebSockets.
    """
    program = shutil.which("nginx") or shutil.which("nginx", path=PROGRAM_FOLDERS)
    if program is None:
        return None
    folder.mkdir(mode=0o700)
    site = folder / "site"
    lay_out(settings, site)
    served = web_server.Served(f"127.0.0.1:{port}", str(site), bus_port)
    (folder / "lobby.conf").write_text(web_server.settings(served))
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder))
    command = (program, "-p", str(folder), "-e", "stderr", "-c", str(config))
    return Server(command, f"http://127.0.0.1:{port}/")
