"""The folder of reports over HTTP: a browser does not follow links from the user interface to files of the machine.

Belongs here: serving files for reading. Does not belong here: writing them (``reports.pages``).
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

ANY_ADDRESS = ("0.0.0.0", "::")
"""Hosts on which a server listens to all of the machine's addresses; a link names the machine instead."""


class _Pages(SimpleHTTPRequestHandler):
    """Serves the folder of reports, and logs nothing."""

    def log_message(self, *args: Any) -> None:
        """Called for each request."""


class _Server(ThreadingHTTPServer):
    """Listens on addresses of version 6 too."""

    def __init__(self, host: str, port: int, handler: Any) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), handler)


@contextmanager
def served(folder: Path, host: str, port: int) -> Iterator[str]:
    """Serve the files of a folder for reading while the block runs, at this port or, where it is taken, at another one;
    yield the address."""
    handler = partial(_Pages, directory=str(folder))
    try:
        server = _Server(host, port, handler)
    except (OSError, OverflowError):
        server = _Server(host, 0, handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address(socket.gethostname() if host in ANY_ADDRESS else host, server.server_port)
    finally:
        server.shutdown()
        server.server_close()


def address(host: str, port: int) -> str:
    """The URL of a server; a host of version 6 stands in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
