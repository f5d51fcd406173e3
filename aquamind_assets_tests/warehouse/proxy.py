"""A TCP port of this machine before a server's socket.

``python -m aquamind_assets_tests.warehouse.proxy SOCKET`` prints the port's number. Stopped by a signal, it keeps every
connection and forwards nothing.

It is a process of its own because libpq's ``PQping`` stops every thread of the one that calls it.
"""

import socket
import sys
import threading


def forward(one: socket.socket, other: socket.socket) -> None:
    """Hand on what comes, until one of the two ends it."""
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        return


def main(path: str) -> None:
    """Serve until the process is ended."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            client, _ = listener.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(path)
            for pair in ((client, server), (server, client)):
                threading.Thread(target=forward, args=pair, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1])
