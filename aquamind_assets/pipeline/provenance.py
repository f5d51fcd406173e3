"""Which code made the data: part of every fingerprint, so that rows of two versions are never taken for one.

A changed scenario and changed code are the same to whoever resumes: what was committed under the other one is made
again.
"""

import hashlib
from functools import cache
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable

LEDGER_CODE = ("timeline.py", "scenario", "farm", "ledger", "streams.py")
"""What decides a ledger."""

ROWS_CODE = (*LEDGER_CODE, "records", "tables")
"""What decides rows and their digests."""


@cache
def code_fingerprint(*parts: str) -> str:
    """Sixteen hex digits of these files and folders of the package."""
    hashed = hashlib.blake2b(digest_size=8)
    package = resources.files("aquamind_assets")
    for part in parts:
        for name, file in sorted(_files(package.joinpath(*part.split("/")), part)):
            hashed.update(f"{name}\0".encode() + file.read_bytes())
    return hashed.hexdigest()


def combined(*fingerprints: str) -> str:
    """One fingerprint of several."""
    return hashlib.blake2b("/".join(fingerprints).encode(), digest_size=8).hexdigest()


def code_version() -> str:
    """The package's version and what decides its rows, as Dagster shows it: an asset made by other code shows as
    stale."""
    return f"{version('aquamind-assets')}+{code_fingerprint(*ROWS_CODE)[:8]}"


def _files(place: Traversable, name: str) -> list[tuple[str, Traversable]]:
    if place.is_file():
        return [(name, place)] if name.endswith((".py", ".yaml")) else []
    return [
        file for entry in place.iterdir() if entry.name != "presets" for file in _files(entry, f"{name}/{entry.name}")
    ]
