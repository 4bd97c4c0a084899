# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server for the mirror's files: `python -m lab.files DIRECTORY ADDRESS PORT`."""

from __future__ import annotations

import socket
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from typing import BinaryIO


class Handler(SimpleHTTPRequestHandler):
    """Files as they are, except the registry's own storage."""

    # apt asks for many files over one connection.
    protocol_version = "HTTP/1.1"

    def send_head(self) -> BytesIO | BinaryIO | None:
        hidden = Path(self.directory, "registry").resolve()
        wanted = Path(self.translate_path(self.path)).resolve()
        if wanted == hidden or hidden in wanted.parents:
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()


class Server(ThreadingHTTPServer):
    """IPv4 or IPv6, by the address."""

    def __init__(self, directory: Path, address: str, port: int) -> None:
        if ip_address(address).version == 6:
            self.address_family = socket.AF_INET6
        super().__init__((address, port), partial(Handler, directory=str(directory)))


def main(directory: str, address: str, port: str) -> None:
    with Server(Path(directory), address, int(port)) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
