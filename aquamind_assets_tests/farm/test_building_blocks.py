"""Tables, draws, oxygen and forecasts: what the day loop stands on."""

import numpy as np
import pytest

from aquamind_assets import timeline
from aquamind_assets.farm.draws import Fields, batch_draws
from aquamind_assets.farm.growing_table import Table
from aquamind_assets.farm.sites import oxygen
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.model import StageChanges
from aquamind_assets.streams import Groups
from aquamind_assets_tests.farm.simulated import history


def test_table_grows_and_drops_rows() -> None:
    table = Table(StageChanges.empty())
    for number in range(200):
        assert table.add(batch_id=number, day=10, stage=1) == number
    table["day"][5] = 0
    table.keep(table["day"] > 0)
    assert len(table) == 199
    np.testing.assert_array_equal(table.frame().batch_id, np.delete(np.arange(200), 5))
    with pytest.raises(KeyError):
        table.add(batch_id=1)


def test_fields_are_keyed_by_entity_and_day() -> None:
    day = timeline.year_days(2016).first
    few, many = Fields(7, 2016, day), Fields(7, 2016, day)
    ten, more = Groups.of([("hall",)] * 10), Groups.of([("area",)] * 5 + [("hall",)] * 20)
    for offset in (300, 0, 365):
        np.testing.assert_array_equal(few.uniform("a", day + offset, ten), many.uniform("a", day + offset, more)[5:15])
    assert not np.array_equal(few.normal("b", day, ten), few.normal("b", day + 1, ten))
    drawn = Fields(7, 2016, day).uniform("a", day, Groups.of([("hall",)] * 200_000))
    assert drawn.min() > 0
    assert drawn.max() <= 1
    assert abs(drawn.mean() - 0.5) < 0.005


def test_batch_draws_are_keyed_by_number() -> None:
    assert batch_draws(1, 3).eggs_normal == batch_draws(1, 3).eggs_normal
    assert batch_draws(1, 3).eggs_normal != batch_draws(1, 4).eggs_normal
    assert batch_draws(1, 3).eggs_normal != batch_draws(2, 3).eggs_normal


def test_solubility_is_teos10s() -> None:
    np.testing.assert_allclose(
        oxygen.solubility(np.array([6.0, 10.0, 14.0]), np.full(3, 35.2)), [9.86, 9.01, 8.29], rtol=0.01
    )
    assert oxygen.solubility(np.array([10.0]), np.array([0.0]))[0] == pytest.approx(11.3, rel=0.01)


def test_fish_take_oxygen_out_of_their_water() -> None:
    density, warm = np.array([0.0, 10.0, 20.0, 80.0]), np.full(4, 10.0)
    sea, usual = np.ones(4, dtype=bool), np.ones(4)
    cage = oxygen.saturation(np.full(4, 100.0), density, warm, sea, usual)
    assert np.all(np.diff(cage) < 0)
    tank = oxygen.saturation(np.full(4, 100.0), density, warm, ~sea, usual)
    assert tank.min() >= 80
    # Nothing is left below the range's end.
    assert np.all(oxygen.saturation(np.full(4, 100.0), density, warm + 4.0, sea, usual)[1:3] < cage[1:3])
    assert np.all(oxygen.saturation(np.full(4, 100.0), density, warm, sea, 1.2 * usual)[:3] < cage[:3])
    np.testing.assert_array_equal(oxygen.saturation(np.full(4, 100.0), density, warm, ~sea, 1.2 * usual), tank)


@pytest.mark.slow
def test_forecast_of_harvest_is_near_what_happens() -> None:
    past = history("demo", 10)
    batches = past.ledgers[-1].batches
    ended = [ledger.batches.take(ledger.batches.end_day >= 0) for ledger in past.ledgers]
    late = np.concatenate([one.end_day - one.expected_end_day for one in ended])
    assert abs(np.mean(late)) < 60
    assert np.abs(late).max() < 250
    assert np.all(batches.expected_end_day > batches.start_day)


LARGER_SMOLTS = timeline.year_days(2018).first
"""From then on smolts weigh more than twice the specification's hundred grams."""


def test_stages_last_about_as_long_as_stated() -> None:
    past = history("demo", 10)
    entered: dict[tuple[int, int], int] = {}
    for ledger in past.ledgers:
        for batch, day, stage in zip(
            ledger.stage_changes.batch_id, ledger.stage_changes.day, ledger.stage_changes.stage, strict=True
        ):
            entered[(int(batch), int(stage))] = int(day)
    for stage in (Stage.EGG_ALEVIN, Stage.FRY, Stage.PARR, Stage.SMOLT):
        days = [
            entered[(batch, stage + 1)] - day
            for (batch, at), day in entered.items()
            # The smolts of later years stay longer, for they grow larger.
            if at == stage and (batch, stage + 1) in entered and (stage < Stage.SMOLT or day < LARGER_SMOLTS)
        ]
        assert 90 * 0.6 <= np.mean(days) <= 90 * 1.4
