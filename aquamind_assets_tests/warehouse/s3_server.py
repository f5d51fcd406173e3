"""An S3 server in a process of its own (moto's), for lakes in an object store."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

PATIENCE_S = 60.0


@contextmanager
def s3_server() -> Iterator[dict[str, str]]:
    """The environment variables with which S3's clients reach a new, empty server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url)
            yield {
                "AWS_ENDPOINT_URL": url,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
                "NO_PROXY": os.environ.get("NO_PROXY", "") + ",127.0.0.1",
            }
        finally:
            process.kill()


def _wait_for(url: str) -> None:
    began = time.monotonic()
    while True:
        try:
            with urlopen(f"{url}/moto-api/", timeout=5):
                return
        except (URLError, OSError):
            assert time.monotonic() - began < PATIENCE_S, "the S3 server does not answer"
            time.sleep(0.1)
