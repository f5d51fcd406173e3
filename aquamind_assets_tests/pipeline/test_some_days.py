"""Some days alone hold together by themselves, and nothing of them stays wrong or missing when the other days come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.pipeline.some_days import platform_of_days
from aquamind_assets.pipeline.workers import ChunkWriter
from aquamind_assets.pipeline.writing import wanted_chunks
from aquamind_assets.settings import Settings
from aquamind_assets.timeline import DayRange, chunks_of, day_number, days_of_ids, year_days
from aquamind_assets.verification.verify import verify_database
from aquamind_assets.warehouse.checkpoints import Checkpoint, TableYear, pending
from aquamind_assets_tests.simulated_once import store_once
from aquamind_assets_tests.slow_cases import slow_after

YEARS = (2015, 2016)
OFTEN = ("water.readings_per_day=1", "entries.mistyped_share=0.5")
CORRECTED = ("mortality", "lice_counts", "growth_samples")
QUICK = (*BEFORE_THE_FARM, "sensors", "companies", "plans", "batches", *CORRECTED)
"""Assets with corrected records, and those that they refer to."""

Stretch = tuple[date, int]
"""The first day and the number of days."""

FIRST_OF_A_CHUNK = date(2016, 1, 31)
STRETCHES: list[list[Stretch]] = [
    [(FIRST_OF_A_CHUNK, 30), (date(2016, 1, 25), 6)],
    [(FIRST_OF_A_CHUNK, 32)],
    [(date(2016, 2, 27), 1), (date(2016, 2, 28), 2), (date(2016, 3, 1), 20)],
    [(date(2016, 5, 11), 2)],
    [(date(2016, 1, 1), 5), (date(2016, 1, 6), 1)],
    [(date(2016, 1, 1), 31)],
    [(date(2015, 12, 20), 30), (date(2015, 11, 20), 2)],
    [(date(2016, 1, 28), 2), (date(2016, 2, 1), 31), (date(2016, 1, 30), 2)],
    [(date(2016, 1, 1), 20), (date(2016, 1, 5), 2)],
    [(date(2016, 1, 20), 5), (date(2016, 1, 1), 5)],
    [(date(2016, 12, 26), 6), (date(2016, 3, 28), 60)],
]


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    chosen = Settings(
        "tiny", OFTEN, "", str(tmp_path_factory.mktemp("days") / "ledger"), date(2030, 1, 1), release="2026-03"
    )
    store_once(Platform(chosen), YEARS[-1])
    return chosen


@pytest.fixture(scope="module")
def plain(ledgers: Settings, tmp_path_factory: pytest.TempPathFactory) -> list[TableYear]:
    """What a plain run alone writes of the assets with corrections."""
    settings = in_file(ledgers, tmp_path_factory.mktemp("plain"))
    record_years(Platform(settings), YEARS, QUICK)
    return manifest(settings)


@pytest.fixture(scope="module")
def plain_of_all(ledgers: Settings, tmp_path_factory: pytest.TempPathFactory) -> list[TableYear]:
    """What a plain run alone writes."""
    settings = in_file(ledgers, tmp_path_factory.mktemp("plain"))
    record_years(Platform(settings), YEARS)
    return manifest(settings)


def in_file(ledgers: Settings, folder: Path) -> Settings:
    return replace(ledgers, database=f"sqlite:///{folder / 'aquamind.db'}")


def manifest(settings: Settings) -> list[TableYear]:
    """Rows and digests as they were written, and as they lie in the tables."""
    with Platform(settings).open() as warehouse:
        written = warehouse.manifest()
        assert written == sorted(warehouse.recount())
        return written


def days_of(stretch: Stretch) -> DayRange:
    first = day_number(stretch[0])
    return DayRange(first, first + stretch[1])


def record_days(settings: Settings, stretch: Stretch, assets: Sequence[str] | None = None) -> None:
    """As ``aquamind days``, without Dagster."""
    start, count = stretch
    platform = platform_of_days(settings, days_of(stretch))
    record_years(Platform(platform.settings), range(YEARS[0], start.year), BEFORE_THE_FARM)
    last = start + timedelta(days=count - 1)
    record_years(platform, range(start.year, last.year + 1), assets, platform.days)


def require_sound(settings: Settings) -> None:
    found = verify_database(Platform(settings))
    assert found.sound, [*found.findings, *found.differences, *(one for law in found.laws for one in law.examples)]


def recorded_days(settings: Settings, history: str) -> set[int]:
    with Platform(settings).open() as warehouse:
        ids = [number for (number,) in warehouse.query(f"SELECT history_id FROM {history}")]
    return set(days_of_ids(np.array(ids, dtype=np.int64), narrow=True).tolist())


@pytest.mark.parametrize("stretches", slow_after(1, STRETCHES))
def test_days_hold_together_and_a_plain_run_completes_them(
    stretches: list[Stretch], ledgers: Settings, plain: list[TableYear], tmp_path: Path
) -> None:
    settings, asked = in_file(ledgers, tmp_path), set[int]()
    for stretch in stretches:
        record_days(settings, stretch, QUICK)
        require_sound(settings)
        asked |= set(days_of(stretch).days.tolist())
        assert recorded_days(settings, "batch_historicalmortalityevent") <= asked | gaps_within_chunks(asked)
    record_years(Platform(settings), YEARS, QUICK)
    require_sound(settings)
    assert manifest(settings) == plain


def gaps_within_chunks(asked: set[int]) -> set[int]:
    """Days between asked ones of one chunk, which are written too."""
    found = set[int]()
    for year in YEARS:
        for chunk in chunks_of(year):
            if mine := [day for day in asked if day in chunk.days]:
                found |= set(range(min(mine), max(mine)))
    return found - asked


@pytest.mark.slow
@pytest.mark.parametrize("stretches", [*STRETCHES[:2], STRETCHES[4], STRETCHES[-1]])
def test_so_do_days_of_all_tables(
    stretches: list[Stretch], ledgers: Settings, plain_of_all: list[TableYear], tmp_path: Path
) -> None:
    settings = in_file(ledgers, tmp_path)
    for stretch in stretches:
        record_days(settings, stretch)
        require_sound(settings)
    record_years(Platform(settings), YEARS)
    require_sound(settings)
    assert manifest(settings) == plain_of_all


def test_corrections_of_days_before_come_with_them(ledgers: Settings, tmp_path: Path) -> None:
    """Of what the first case leaves out there is something, or it would prove nothing."""
    settings = in_file(ledgers, tmp_path)
    days = DayRange(day_number(FIRST_OF_A_CHUNK), day_number(FIRST_OF_A_CHUNK) + 30)

    def corrections() -> int:
        with Platform(settings).open() as warehouse:
            (checkpoint,) = [one for one in warehouse.checkpoints("mortality", 2016) if one.chunk == 1]
            assert checkpoint.days == days
            assert (checkpoint.known_from is None) == (days_before == 30)
            ((found,),) = warehouse.query(
                "SELECT count(*) FROM batch_historicalmortalityevent WHERE history_type = '~' AND history_date >="
                " '2016-01-31'"
            )
        return int(found)

    found = []
    for days_before in (0, 10, 30):
        record_days(settings, (FIRST_OF_A_CHUNK - timedelta(days=days_before), 30 + days_before), QUICK)
        found.append(corrections())
    assert found[0] < found[1] <= found[2]


@pytest.mark.slow
@pytest.mark.parametrize("killed_after", [1, 2, 3])
def test_a_kill_at_any_chunk_leaves_nothing_wrong_for_good(
    killed_after: int,
    ledgers: Settings,
    plain: list[TableYear],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Days are there, those before them are being written, and the chunks behind follow: in this order, or the last
    chunk first."""
    settings = in_file(ledgers, tmp_path)
    record_days(settings, (FIRST_OF_A_CHUNK, 45), QUICK)
    write, written = ChunkWriter.write, []

    def dies(self, warehouse, recorder, task, guard):
        if recorder.asset == "mortality":
            if len(written) == killed_after:
                raise KeyboardInterrupt
            written.append(task)
        return write(self, warehouse, recorder, task, guard)

    with monkeypatch.context() as patched:
        patched.setattr(ChunkWriter, "write", dies)
        with pytest.raises(KeyboardInterrupt):
            record_years(Platform(settings), YEARS[1:], QUICK)
    record_days(settings, (date(2016, 3, 20), 1), QUICK)
    require_sound(settings)
    record_years(Platform(settings), YEARS, QUICK)
    assert manifest(settings) == plain


def committed(number: int, days: DayRange, known_from: int | None = None) -> Checkpoint:
    return Checkpoint("mortality", 2016, number, days.first, days.end - 1, 1, 0, "f", None, known_from, "run", 0.0, 0.0)


def test_a_chunk_is_written_again_when_what_it_looks_back_on_is_there() -> None:
    whole, days = chunks_of(2016), year_days(2016)

    def wanted(asked: DayRange | None, *there: Checkpoint) -> dict[int, int | None]:
        return {one.index: one.known_from for one in wanted_chunks(2016, days.end - 1, asked, there, 14)}

    second = whole[1].days
    assert wanted(None) == dict.fromkeys(range(13))
    assert wanted(whole[0].days) == {0: None}
    assert wanted(second) == {1: second.first}
    assert wanted(DayRange(second.first - 13, second.end)) == {0: second.first - 13, 1: second.first - 13}
    assert wanted(DayRange(second.first - 14, second.end)) == {0: second.first - 14, 1: None}
    begun = committed(1, second, second.first)
    assert wanted(whole[2].days, begun) == {1: second.first, 2: None}
    assert wanted(DayRange(second.first - 2, second.first), begun) == {0: second.first - 2, 1: second.first - 2}
    assert wanted(DayRange(second.first - 4, second.first - 2), begun) == {0: second.first - 4, 1: second.first}
    assert [one.chunk.index for one in pending([begun], "f", whole[:2])] == [0, 1]
    assert [one.chunk.index for one in pending([committed(1, second)], "f", whole[:2])] == [0]
