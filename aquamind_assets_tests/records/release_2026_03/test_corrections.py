"""Corrected records: the first version has the wrong number, the row and the version of the correction the right one,
and the ground truth lists them all."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from aquamind_assets.records.corrections.chance import LONGEST_DAYS
from aquamind_assets.records.corrections.labels import corrected_records
from aquamind_assets.records.corrections.mistakes import LUCK, NOTICED, REASONS, Mistake, wrong_number
from aquamind_assets.records.corrections.tables import CORRECTORS, TYPED
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.entries import EntrySpec
from aquamind_assets.tables.releases import tables_of
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, chunks_of, days_of_ids, year_days
from aquamind_assets_tests.records.decades import as_frame
from aquamind_assets_tests.records.histories import between, digests, rows_of
from aquamind_assets_tests.records.release_2026_03.conftest import RECORDERS, RELEASE, History

OFTEN = EntrySpec(mistyped_share=0.15, noticed_days=5.0)
ASSETS = ("mortality", "lice_counts", "growth_samples")
HISTORY_OF = {str(spec.versions_of): spec for spec in tables_of(RELEASE).values() if spec.versions_of in CORRECTORS}


def with_entries(year: YearInputs, entries: EntrySpec) -> YearInputs:
    return replace(year, scenario=year.scenario.model_copy(update={"entries": entries}))


class Written:
    """The rows of a year, by table."""

    def __init__(self, year: YearInputs) -> None:
        self.year = year
        self.blocks = {asset: rows_of(RECORDERS[asset], year) for asset in ASSETS}

    @cache  # noqa: B019
    def frame(self, table: str) -> pd.DataFrame:
        blocks = [one for blocks in self.blocks.values() for one in blocks if one.table == table and len(one)]
        return pd.concat([as_frame(block) for block in blocks])


@pytest.fixture(scope="module")
def year(today: History) -> YearInputs:
    return with_entries(today.years[2], OFTEN)


@pytest.fixture(scope="module")
def mistyped(year: YearInputs) -> Written:
    return Written(year)


@pytest.fixture(scope="module")
def clean(year: YearInputs) -> Written:
    return Written(with_entries(year, EntrySpec()))


@pytest.fixture(scope="module")
def labels(year: YearInputs) -> pd.DataFrame:
    return pd.DataFrame(corrected_records(year, year.days).columns())


@pytest.mark.parametrize("table", CORRECTORS)
def test_every_label_has_its_versions_and_every_correction_its_label(
    table: str, mistyped: Written, labels: pd.DataFrame
) -> None:
    mine = labels[labels["table"] == table].set_index("row_id")
    history, rows = mistyped.frame(HISTORY_OF[table].name), mistyped.frame(table)
    entered, corrected = (history[history["history_type"] == kind].set_index("id") for kind in "+~")
    assert len(mine) > 20
    assert set(mine["field"]) == {TYPED[table]}
    assert sorted(corrected.index) == sorted(mine.index)
    unit = 10 ** (tables_of(RELEASE)[table].by_name[TYPED[table]].scale or 0)
    for number, label in mine.iterrows():
        first, last, row = entered.loc[number], corrected.loc[number], rows.loc[number]
        assert [first[TYPED[table]], last[TYPED[table]], row[TYPED[table]]] == [
            round(label["wrong"] * unit),
            round(label["right"] * unit),
            round(label["right"] * unit),
        ]
        assert [first["history_date"], last["history_date"]] == [label["entered_time"], label["corrected_time"]]
        assert pd.isna(first["history_change_reason"])
        assert last["history_change_reason"] == REASONS[label["mistake"]]
        for name in rows.columns.drop("id"):
            assert pd.isna(last[name]) if pd.isna(row[name]) else last[name] == row[name], name
        if "updated_at" in rows.columns:
            assert [first["updated_at"], row["updated_at"]] == [first["history_date"], last["history_date"]]
    others = entered[~entered.index.isin(mine.index)]
    assert others[TYPED[table]].tolist() == rows.loc[others.index][TYPED[table]].tolist()


@pytest.mark.parametrize("table", CORRECTORS)
def test_a_correction_is_made_within_two_weeks_and_the_year_and_belongs_to_its_day(
    table: str, year: YearInputs, mistyped: Written
) -> None:
    spec = HISTORY_OF[table]
    history = mistyped.frame(spec.name)
    day = (history["history_date"] // MICROSECONDS_PER_DAY).to_numpy(dtype=np.int64)
    assert np.array_equal(days_of_ids(history.index.to_numpy(), narrow=spec.narrow_id), day)
    assert history.index.is_unique
    corrected = history[history["history_type"] == "~"]
    entered = history[history["history_type"] == "+"].set_index("id").loc[corrected["id"]]
    before, after = (frame["history_date"].to_numpy(dtype=np.int64) for frame in (entered, corrected))
    assert (after > before).all()
    corrected_on = after // MICROSECONDS_PER_DAY
    wait = corrected_on - before // MICROSECONDS_PER_DAY
    assert wait.max() <= LONGEST_DAYS
    assert 3 < wait.mean() < 8
    at_stock_taking = corrected_on == year_days(year.year).end - 1
    assert (year.calendar.works(0, corrected_on) | at_stock_taking | (wait == LONGEST_DAYS)).all()


def test_the_clean_twin_has_the_same_rows_and_no_corrections(mistyped: Written, clean: Written) -> None:
    for table, history in HISTORY_OF.items():
        mine, theirs = mistyped.frame(table), clean.frame(table)
        kept = [name for name in mine.columns if name != "updated_at"]
        assert mine[kept].equals(theirs[kept])
        assert set(clean.frame(history.name)["history_type"]) == {"+"}
        assert clean.frame(history.name)["history_change_reason"].isna().all()


@pytest.mark.parametrize("asset", ASSETS)
def test_days_written_one_by_one_have_the_same_rows(asset: str, year: YearInputs, mistyped: Written) -> None:
    days = year_days(year.year)
    chunks = chunks_of(year.year)
    borders = [*range(days.first, chunks[2].days.first), *(chunk.days.first for chunk in chunks[2:-1])]
    borders += list(range(chunks[-1].days.first, days.end + 1))
    assert digests(between(RECORDERS[asset], year, borders)) == digests(mistyped.blocks[asset])


def test_a_year_that_is_under_way_has_no_versions_of_later_days(year: YearInputs) -> None:
    through = year.days.first + 100
    blocks = between(RECORDERS["mortality"], year, [year.days.first, through + 1])
    history = pd.concat([as_frame(one) for one in blocks if one.table == "batch_historicalmortalityevent" and len(one)])
    assert (history["history_type"] == "~").any()
    assert history["history_date"].max() < (through + 1) * MICROSECONDS_PER_DAY


def test_the_share_of_entries_is_that_of_the_scenario(
    year: YearInputs, mistyped: Written, labels: pd.DataFrame
) -> None:
    events = mistyped.frame("batch_mortalityevent")
    typed = events[events["description"] != "Died in the transfer"]
    found = labels[labels["table"] == "batch_mortalityevent"]
    assert set(found["row_id"]) <= set(typed.index)
    sd = np.sqrt(OFTEN.mistyped_share * (1 - OFTEN.mistyped_share) / len(typed))
    assert abs(len(found) / len(typed) - OFTEN.mistyped_share) < 4 * sd
    samples = labels[labels["table"] == "batch_growthsample"]
    assert abs(len(samples) / len(mistyped.frame("batch_growthsample")) - OFTEN.mistyped_share) < 0.05
    fish = labels[labels["table"] == "batch_individualgrowthobservation"]
    assert sorted(
        mistyped.frame("batch_individualgrowthobservation").loc[fish["row_id"]]["growth_sample_id"]
    ) == sorted(samples["row_id"])


def test_deaths_are_typed_once_for_both_tables(labels: pd.DataFrame) -> None:
    events, records = (
        labels[labels["table"] == table].drop(columns=["table", "entered_time"]).reset_index(drop=True)
        for table in ("batch_mortalityevent", "health_mortalityrecord")
    )
    assert events.equals(records)


def test_a_sample_was_computed_with_the_wrong_weight(mistyped: Written, labels: pd.DataFrame) -> None:
    fish = labels[labels["table"] == "batch_individualgrowthobservation"]
    rows = mistyped.frame("batch_individualgrowthobservation")
    history = mistyped.frame("batch_historicalgrowthsample")
    first = history[history["history_type"] == "+"].set_index("id")
    for one in fish.itertuples():
        sample = rows.loc[one.row_id]["growth_sample_id"]
        weights = rows[rows["growth_sample_id"] == sample]["weight_g"].astype(float) / 100
        weights[one.row_id] = one.wrong
        entered = first.loc[sample]
        assert entered["avg_weight_g"] / 100 == pytest.approx(weights.mean(), abs=0.011)
        assert entered["max_weight_g"] / 100 == pytest.approx(weights.max(), abs=0.011)
        assert entered["min_weight_g"] / 100 == pytest.approx(weights.min(), abs=0.011)
        if len(weights) > 1:
            assert entered["std_deviation_weight"] / 100 == pytest.approx(weights.std(), abs=0.011)


def test_release_2025_08_has_no_history_of_them(year: YearInputs) -> None:
    assert len(corrected_records(replace(year, release="2025-08"), year.days)) == 0


@pytest.mark.parametrize("right", [1, 7, 10, 23, 105, 4310, 2_000_000_000])
def test_what_is_typed_is_wrong_enough_to_be_noticed(right: int) -> None:
    seen = set()
    for luck in np.random.default_rng(right).random((300, LUCK)):
        wrong, mistake = wrong_number(right, luck, line=right * 2)
        assert wrong > 0
        assert abs(wrong - right) >= NOTICED * right
        seen.add(mistake)
    assert {Mistake.KEY, Mistake.LINE, Mistake.DOUBLED} <= seen
    assert Mistake.UNIT not in seen


def test_mistakes_are_those_of_hands() -> None:
    def typed(right: int, mistake: Mistake, decimals: int = 0) -> set[int]:
        luck = np.full((50, LUCK), 1e-9)
        luck[:, mistake] = 1 - 1e-9
        luck[:, -1] = np.linspace(0, 0.999, 50)
        found = [wrong_number(right, one, line=99, decimals=decimals) for one in luck]
        return {number for number, kind in found if kind == mistake}

    assert typed(13, Mistake.SWAPPED) == {31}
    assert typed(13, Mistake.DOUBLED) == {113, 133}
    assert typed(13, Mistake.LEFT_OUT) == {1, 3}
    assert typed(13, Mistake.KEY) == {3, 23, 43, 16}
    assert typed(13, Mistake.LINE) == {99}
    assert typed(421_035, Mistake.UNIT, decimals=2) == {421}
    assert typed(421_035, Mistake.SWAPPED, decimals=2) == {241_035}
