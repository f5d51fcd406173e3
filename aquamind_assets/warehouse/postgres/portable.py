"""The same statements and the same values as from SQLite: parameters written ``?``, flags 0 and 1, dates and UUIDs as
text.

Belongs here: translating statements, and reading values in the portable form. Does not belong here: which statements
are run.
"""

from typing import Any

from psycopg.adapt import Loader
from psycopg.types.numeric import FloatLoader


def translated(sql: str) -> bytes:
    """A portable statement as psycopg takes it."""
    return sql.replace("%", "%%").replace("?", "%s").encode()


class _Flag(Loader):
    """Flags as SQLite has them."""

    def load(self, data: Any) -> int:
        """See ``psycopg.adapt.Loader``."""
        return int(bytes(data) == b"t")


class _Text(Loader):
    """Dates and instants as the text that SQLite has; the session's time zone is UTC."""

    def load(self, data: Any) -> str:
        """See ``psycopg.adapt.Loader``."""
        whole, point, fraction = bytes(data).decode().removesuffix("+00").partition(".")
        return whole + point + fraction.ljust(6, "0") if point else whole


class _Uuid(Loader):
    """UUIDs as the 32 digits that SQLite has."""

    def load(self, data: Any) -> str:
        """See ``psycopg.adapt.Loader``."""
        return bytes(data).decode().replace("-", "")


PORTABLE: dict[str, type[Loader]] = {
    "numeric": FloatLoader,
    "bool": _Flag,
    "date": _Text,
    "time": _Text,
    "timestamptz": _Text,
    "uuid": _Uuid,
}
"""What reads the values of a type in the portable form."""
