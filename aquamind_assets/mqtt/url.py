"""The URL of an MQTT broker, and the prefix of the topics there.

Belongs here: reading a URL and saying what is wrong with it. Does not belong here: connecting (``broker``).
"""

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from aquamind_assets.errors import UserError
from aquamind_assets.masking import masked

DEFAULT_PREFIX = "aquamind"

ALLOWED = "allowed are mqtt://<user>:<password>@<host>:<port>/<prefix> and mqtts://... (TLS); only the host is needed"

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_NO_LEVEL = re.compile(r"[+#\x00-\x1f\x7f]")
"""What no level of a topic may hold to which messages are sent: wildcards, and control characters (MQTT 3.1.1, 1.5.3
and 4.7.1)."""
_LONGEST_PREFIX = 1000


class BrokerUrlError(UserError):
    """A URL of no broker that can be used; the message names the URL without its password, and what is allowed."""


@dataclass(frozen=True)
class BrokerUrl:
    """A broker's URL and what it says.

    Attributes:
        text: as it was given, password included.
        host: the broker's host.
        port: its port, 1883 or with TLS 8883 by default.
        encrypted: whether the connection is made with TLS.
        user: the user's name; None to connect without one.
        password: the user's password; None to connect without one.
        prefix: first levels of all topics, ``aquamind`` by default.
    """

    text: str = field(repr=False)
    host: str
    port: int
    encrypted: bool
    user: str | None
    password: str | None = field(repr=False)
    prefix: str

    @classmethod
    def parse(cls, text: str) -> "BrokerUrl":
        """Read ``mqtt://<user>:<password>@<host>:<port>/<prefix>`` or ``mqtts://...``.

        Raises:
            BrokerUrlError: another kind of URL, no host, a port that is none, a password without a user, a prefix that
                is no topic, or characters that must be written as ``%XX``.
        """
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise _refused(text, "its port is not one of 1 to 65535, or its host is none") from None
        if parts.scheme not in _PORTS or not text.lower().startswith(f"{parts.scheme}://"):
            raise _refused(text, "it is of no known kind")
        _require_plain(text, parts)
        prefix = unquote(parts.path).strip("/") or DEFAULT_PREFIX
        if _NO_LEVEL.search(prefix) or prefix.startswith("$") or "//" in prefix or len(prefix) > _LONGEST_PREFIX:
            raise _refused(
                text,
                f"the prefix {prefix!r} is no topic: it has no + or #, no empty level, no $ at its beginning, and at"
                f" most {_LONGEST_PREFIX} characters",
            )
        user, password = (None if part is None else unquote(part) for part in (parts.username, parts.password))
        if not user and password is not None:
            raise _refused(text, "it has a password without a user")
        port = _PORTS[parts.scheme] if port is None else port
        return cls(text, parts.hostname or "", port, parts.scheme == "mqtts", user or None, password, prefix)

    @property
    def identity(self) -> str:
        """The same for the same topics of the same broker, whoever connects."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.encrypted else 'mqtt'}://{host}:{self.port}/{self.prefix}"

    def __str__(self) -> str:
        return self.identity


def level(name: str) -> str:
    """A name as one level of a topic: characters that have a meaning in topics become ``-``."""
    return re.sub(rf"{_NO_LEVEL.pattern}|/", "-", name)


def _require_plain(text: str, parts: SplitResult) -> None:
    """Refuse what would be read as something else than what was meant."""
    if "?" in text or "#" in text or "@" in parts.path or parts.netloc.count("@") > 1 or re.search(r"\s", parts.netloc):
        raise _refused(
            text,
            "there are no options, and special characters of a user name, password or prefix are written as %XX, such"
            " as %40 for @",
        )
    if not parts.hostname:
        raise _refused(text, "it names no host")
    if parts.port == 0:
        raise _refused(text, "its port is not one of 1 to 65535")


def _refused(text: str, reason: str) -> BrokerUrlError:
    return BrokerUrlError(f"MQTT broker {masked(text)!r}: {reason}; {ALLOWED}")
