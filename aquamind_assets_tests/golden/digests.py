"""The golden digests: rows and content hash of every table and year of the ``tiny`` preset, with every kind of sensor
fault.

``python -m aquamind_assets_tests.golden.digests`` writes the files anew. A commit that changes one says why in
CHANGELOG.md.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from aquamind_assets.docs_generator.farms import LONG_AFTER
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.simulation import store_ledgers
from aquamind_assets.settings import Settings
from aquamind_assets.tables.releases import Release
from aquamind_assets.warehouse.checkpoints import TableYear, hex_digest

FILES: Mapping[Release, Path] = {
    "2025-08": Path(__file__).with_name("tiny.csv"),
    "2026-03": Path(__file__).with_name("tiny_2026_03.csv"),
}
"""The golden digests of each release of AquaMind."""

FAULTS = tuple(
    f"water.imperfections.{name}={value}"
    for name, value in {
        "gap_share": 0.02,
        "stuck_per_year": 4,
        "drift_per_month": 0.5,
        "fouling_per_month": 2,
        "spike_share": 0.003,
        "late_share": 0.02,
    }.items()
)
"""Every kind of sensor fault often enough that each sensor has some."""


def farm(ledger: Path, database: str = "", release: Release = "2025-08") -> Platform:
    """The ``tiny`` farm with sensor faults, with its ledgers in this folder."""
    return Platform(Settings("tiny", FAULTS, database, str(ledger), LONG_AFTER, release=release))


def generated(database: str, ledger: Path, release: Release, last_year: int | None = None) -> list[TableYear]:
    """The manifest of the years of ``tiny`` with sensor faults, all or those up to ``last_year``, recounted from the
    rows that were written into the tables of a release in ``database`` from the ledgers in this folder."""
    platform = farm(ledger, database, release)
    record_years(platform, range(platform.scenario.first_year, (last_year or platform.scenario.last_year) + 1))
    with platform.open() as warehouse:
        return warehouse.recount()


def as_text(manifest: Iterable[TableYear]) -> str:
    """The manifest as the lines of the golden file."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(["table", "year", "rows", "digest"])
    writer.writerows([entry.table, entry.year, entry.rows, hex_digest(entry.digest)] for entry in sorted(manifest))
    return target.getvalue()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        simulated = farm(Path(place, "ledger"))
        store_ledgers(simulated, simulated.scenario.last_year)
        for release, file in FILES.items():
            manifest = generated(f"sqlite:///{place}/{release}.db", Path(place, "ledger"), release)
            file.write_text(as_text(manifest), "utf-8")
