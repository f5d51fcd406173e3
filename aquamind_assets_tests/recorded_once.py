"""The smallest farm with the tables of release 2026-03, recorded once for all tests and all processes of a test run.

Recording three years takes a dozen seconds; a test gets a copy of the database and of the ledgers.
"""

import hashlib
import os
import shutil
from functools import cache
from pathlib import Path

from filelock import FileLock

import aquamind_assets
from aquamind_assets.docs_generator.farms import LONG_AFTER
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings
from aquamind_assets_tests.simulated_once import PLACE, store_once

YEARS = (2015, 2016, 2017)
READINGS = "water.readings_per_day=1"
"""No test of this farm is about their number."""


def recorded_once(place: Path) -> Platform:
    """A copy of the farm in a folder: ``aquamind.db`` with :data:`YEARS`, and their ledgers in ``ledger``."""
    kept = Path(os.environ[PLACE]) / f"recorded-{_package()}"
    with FileLock(f"{kept}.lock"):
        if not kept.exists():
            making = kept.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            original = _platform(making)
            store_once(original, YEARS[-1])
            record_years(original, YEARS)
            making.rename(kept)
    shutil.copytree(kept, place, dirs_exist_ok=True)
    return _platform(place)


def _platform(place: Path) -> Platform:
    database = f"sqlite:///{place / 'aquamind.db'}"
    return Platform(Settings("tiny", (READINGS,), database, str(place / "ledger"), LONG_AFTER, release="2026-03"))


@cache
def _package() -> str:
    """A hash of the package's files: a folder that outlives a test run holds nothing of other code."""
    content = hashlib.blake2b(digest_size=8)
    for file in sorted(Path(aquamind_assets.__file__).parent.rglob("*")):
        if file.suffix in (".py", ".yaml", ".csv"):
            content.update(file.read_bytes())
    return content.hexdigest()
