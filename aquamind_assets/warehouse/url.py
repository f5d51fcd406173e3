"""The URL of a database, parsed once: its kind, its file or server, and its forms for messages and other processes.

Belongs here: reading a URL and saying what is wrong with it. Does not belong here: connecting (``connect``), hiding
secrets in other texts (``masking``).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from aquamind_assets.errors import UserError
from aquamind_assets.masking import HIDDEN, masked

ALLOWED = (
    "allowed are sqlite:///<file> (sqlite:////<file> for an absolute path), parquet:///<folder> (parquet:////<folder>),"
    " parquet+s3://<bucket>/<folder> and postgresql://<user>@<host>/<name>"
)
HIGHEST_PORT = 65535

_SCHEMES = {
    "sqlite": "sqlite",
    "lake": "parquet",
}
"""Schemes of databases that are a file or folder, by kind."""

_SQLITE = re.compile(r"sqlite:///(?P<path>[^?]+)")
_LAKE = re.compile(r"parquet(?:\+(?P<store>[a-z0-9]+):/|:///)(?P<path>[^?]+)")
_POSTGRESQL = re.compile(r"postgres(?:ql)?://(?P<rest>.*)", re.DOTALL)
_UNESCAPED = re.compile(r"[^/?#]*:[^@/?#]*[/?#].*@|[^?#]*@[^/?#]*@|[^@/?#]*%(?![0-9A-Fa-f]{2})|.*\s", re.DOTALL)
"""Signs that a user name or password has characters that a URL gives a meaning: a slash, ``?`` or ``#`` before the
``@``, two of ``@``, a percent sign that begins no code, a blank."""
_HIDDEN_PART = re.compile(rf":({re.escape(HIDDEN)})?(?=@)|(?<=[?&])[\w-]+={re.escape(HIDDEN)}&?")


class DatabaseUrlError(UserError):
    """A URL of no database that can be used; the message names the URL without its password, and what is allowed."""


@dataclass(frozen=True)
class DatabaseUrl:
    """A database's URL and what it says.

    Attributes:
        text: as it was given, password included; for the driver and for other processes alone.
        kind: ``sqlite``, ``postgres`` or ``lake``.
        path: the file of a SQLite database, or the folder of a lake; None for a server or an object store.
        host: the server's host or socket folder; ``""`` where libpq chooses one, and for a file.
        port: the server's port; None where libpq chooses one, and for a file.
        name: the database's name on the server, or the file's name.
    """

    text: str
    kind: Literal["sqlite", "postgres", "lake"]
    path: Path | None
    host: str
    port: int | None
    name: str

    @classmethod
    def parse(cls, text: str) -> "DatabaseUrl":
        """Read ``sqlite:///<file>``, ``parquet:///<folder>``, ``parquet+s3://...`` or ``postgresql://...``.

        Raises:
            DatabaseUrlError: another kind of URL, no file, an unknown option, a port that is none, or characters that
                must be written as ``%XX``.
        """
        return _parsed(text)

    @property
    def masked(self) -> str:
        """The URL for messages, its password hidden."""
        return masked(self.text)

    @property
    def absolute(self) -> str:
        """The URL for a process with another working directory, password included."""
        return self.text if self.path is None else f"{_SCHEMES[self.kind]}:///{self.path.absolute()}"

    @property
    def identity(self) -> str:
        """The same for the same database, whatever the password is: the absolute form without it."""
        return _HIDDEN_PART.sub("", masked(self.absolute)).rstrip("?&")

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"DatabaseUrl({self.masked!r})"


@lru_cache(maxsize=64)
def _parsed(text: str) -> DatabaseUrl:
    if text.startswith("sqlite:"):
        found = _SQLITE.fullmatch(text)
        if found is None or found["path"] == ":memory:":
            raise _refused(text, "it names no file")
        path = _expanded(text, Path(found["path"]))
        return DatabaseUrl(text, "sqlite", path, "", None, path.name)
    if text.startswith("parquet"):
        return _lake(text)
    server = _POSTGRESQL.fullmatch(text)
    if server is None:
        raise _refused(text, "it is of no known kind")
    if _UNESCAPED.match(server["rest"]):
        raise _refused(text, "special characters of a user name or password are written as %XX, such as %40 for @")
    parameters = _parameters(text)
    return DatabaseUrl(
        text, "postgres", None, parameters.get("host", ""), _port(text, parameters), parameters.get("dbname", "")
    )


def _lake(text: str) -> DatabaseUrl:
    found = _LAKE.fullmatch(text)
    if found is None:
        raise _refused(text, "it names no folder")
    if found["store"]:
        return DatabaseUrl(text, "lake", None, "", None, found["path"].strip("/"))
    path = _expanded(text, Path(found["path"]))
    return DatabaseUrl(text, "lake", path, "", None, path.name)


def _expanded(text: str, path: Path) -> Path:
    """The path with ``~`` or ``~user`` at its beginning replaced by the home folder."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise _refused(text, "its home folder is not known, write the folder out") from None


def _parameters(text: str) -> dict[str, str]:
    """What libpq makes of the URL."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {name: str(value) for name, value in conninfo_to_dict(text).items() if value is not None}
    except psycopg.Error as error:
        # libpq repeats the part that it cannot read, which may be of a password.
        raise _refused(text, "it cannot be read" if masked(text) != text else str(error).strip()) from None


def _port(text: str, parameters: dict[str, str]) -> int | None:
    """The first port; a list of servers has one for each."""
    ports = parameters.get("port", "")
    for port in filter(None, ports.split(",")):
        if not (port.isascii() and port.isdigit()) or not 1 <= int(port) <= HIGHEST_PORT:
            raise _refused(text, f"port {port} is not one of 1 to {HIGHEST_PORT}")
    first = ports.partition(",")[0]
    return int(first) if first else None


def _refused(text: str, reason: str) -> DatabaseUrlError:
    return DatabaseUrlError(f"database {masked(text)!r}: {reason}; {ALLOWED}")
