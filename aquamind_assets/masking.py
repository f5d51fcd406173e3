"""Passwords and other secrets in texts that are shown or kept: messages, logs, metadata, notes.

Belongs here: finding a secret in any form in which a database or an object store takes it. Does not belong here: what a
URL means (``warehouse.url``).
"""

import re

HIDDEN = "***"

_SECRET = r"[\w-]*(?:password|passwd|pwd|secret|token|scram_\w+_key|access_key|account_key)[\w-]*"
_WHOLE_URL = re.compile(r"^((?:--[\w-]+=|\w+=)?[a-z][\w+.-]*://[^\s:/@]*:)(.+)(?=@\S*$)", re.IGNORECASE | re.DOTALL)
_URL_IN_TEXT = re.compile(r"(://[^\s:/@]*:)(\S+)(?=@)")
_URL_OPTION = re.compile(rf"([?&]{_SECRET}=)([^&#\s'\"]*)", re.IGNORECASE)
_KEYWORD = re.compile(
    rf"((?<![\w?&-]){_SECRET}\s*=\s*)('(?:[^'\\]|\\.)*'|(?:[^\s'\"\\]|\\.)+)", re.IGNORECASE | re.DOTALL
)


def masked(text: str) -> str:
    """The text with every secret in it replaced by :data:`HIDDEN`.

    Found are: ``scheme://user:secret@host`` (up to the last ``@``, for a password may hold one), the options of a URL
    (``?password=...``, ``&sslpassword=...``), and keywords and values as libpq and the environment write them
    (``password='my secret'``, ``PGPASSWORD=...``). Where the whole text is one URL, its password may hold blanks too.
    """
    text = _WHOLE_URL.sub(rf"\1{HIDDEN}", text)
    text = _URL_IN_TEXT.sub(rf"\1{HIDDEN}", text)
    text = _URL_OPTION.sub(rf"\1{HIDDEN}", text)
    return _KEYWORD.sub(rf"\1{HIDDEN}", text)
