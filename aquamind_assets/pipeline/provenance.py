"""What decides an asset's rows: the scenario, the code behind the asset, and the description of its tables.

Rows that were committed under another fingerprint are stale: they are written again, never mixed with new ones. Each
asset has a fingerprint of its own, so a change of one recorder leaves the rows of the others valid.

Belongs here: which functions decide what. Does not belong here: how code is hashed (``code_fingerprint``).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.pipeline.code_fingerprint import fingerprint_of
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.digest import digest_by_year
from aquamind_assets.tables.releases import Release, tables_of
from aquamind_assets.tables.schema import TableSpec

BEFORE_THE_FARM = ("reference_data", "infrastructure")
"""Recorders that read the scenario and what is built from it, and no ledger."""

CLIMATE = (build, site_days)
"""What decides a year's water and weather."""

LEDGER = (*CLIMATE, simulate_year)
"""What decides a year's ledger."""


def combine(*parts: str) -> str:
    """One fingerprint of several, sixteen hex digits."""
    return hashlib.blake2b("/".join(parts).encode(), digest_size=8).hexdigest()


@cache
def code_version(functions: tuple[Callable[..., object], ...]) -> str:
    """The version of the code that these functions reach, as Dagster shows it; equal as long as its behavior is."""
    return fingerprint_of(functions)[:12]


@cache
def ledger_code() -> str:
    """Fingerprint of the code that decides ledgers."""
    return fingerprint_of(LEDGER)


@cache
def rows_code(asset: str, release: Release) -> str:
    """Fingerprint of the code and the table descriptions that decide the rows of a recorder's asset."""
    recorder = recorders_of(release)[asset]
    upstream = (build,) if asset in BEFORE_THE_FARM else (*LEDGER, lives_of)
    code = fingerprint_of([*recorder_functions(recorder), *upstream, Recorder, digest_by_year])
    return combine(code, *(_table_form(tables_of(release)[table]) for table in recorder.tables))


@dataclass(frozen=True)
class Code:
    """Fingerprints of the code of one release: what a process has read of it, for another process.

    Attributes:
        ledger: of the code that decides ledgers.
        rows: by asset, of what decides its rows.
    """

    ledger: str
    rows: Mapping[str, str]


def code_of(release: Release) -> Code:
    """The code of a release, which takes a second to read once."""
    return Code(ledger_code(), {asset: rows_code(asset, release) for asset in recorders_of(release)})


def recorder_functions(recorder: Recorder) -> Iterable[Callable[..., object]]:
    """The functions that make a recorder's rows, and the versions of their rows."""
    changes = [function for change in recorder.changes.values() for function in (change.first, change.moment)]
    gone = [recorder.gone] if recorder.gone else []
    of_versions = [*changes, *recorder.corrections.values()]
    return [*recorder.events, *recorder.sized, *recorder.living, *gone, *of_versions]


def _table_form(table: TableSpec) -> str:
    """What a table's description decides of stored values: its columns with types, defaults and references."""
    parts = [(one.name, one.type, one.nullable, one.default, one.references, one.identity) for one in table.columns]
    return repr((table.name, parts))
