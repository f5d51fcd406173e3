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


@contextmanager
def served(folder: Path, host: str, port: int) -> Iterator[str]:
    """Serve the files of a folder for reading while the block runs, at this port or, where it is taken, at another one;
    yield the address. A browser does not follow links from the user interface to files of the machine."""
    handler = partial(_Pages, directory=str(folder))
    try:
        server = ThreadingHTTPServer((host, port), handler)
    except (OSError, OverflowError):
        server = ThreadingHTTPServer((host, 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        name = socket.gethostname() if host in ANY_ADDRESS else host
        yield f"http://{name}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
