"""A year of the farm: reproducible, prefix-stable, resumable, and refusing what does not fit."""

import numpy as np
import pytest

from aquamind_assets import timeline
from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.codes import TreatmentReason
from aquamind_assets.ledger.frames import Frame
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.pipeline.simulation import simulate_years
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.farm.simulated import history

HAPPENED = ("container_days", "movements", "stage_changes", "lice_counts", "events")


def _same(one: Frame, other: Frame) -> None:
    for name, values in one.columns().items():
        np.testing.assert_array_equal(values, getattr(other, name), err_msg=name)


def _same_ledger(one: Ledger, other: Ledger) -> None:
    for name, value in vars(one).items():
        if isinstance(value, Frame):
            _same(value, getattr(other, name))
        else:
            assert value == getattr(other, name)


def test_same_scenario_same_ledger() -> None:
    first = history("tiny", 3)
    again = simulate_years(first.scenario, first.infrastructure, list(first.scenario.years)[:3])
    for one, other in zip(first.ledgers, again, strict=True):
        _same_ledger(one, other.ledger)


def test_year_goes_on_from_stored_state() -> None:
    past = history("tiny", 4)
    for number in (1, 2, 3):
        stored = FarmState.from_arrays(
            {name: values.copy() for name, values in past.states[number - 1].to_arrays().items()}
        )
        year = past.ledgers[number].year
        ledger, state = simulate_year(
            past.scenario, past.infrastructure, site_days(past.scenario, past.infrastructure, year), stored, year
        )
        _same_ledger(ledger, past.ledgers[number])
        for name, values in state.to_arrays().items():
            np.testing.assert_array_equal(values, past.states[number].to_arrays()[name], err_msg=name)


def test_stored_state_is_plain_arrays() -> None:
    assert all(values.dtype != object for values in history("tiny", 2).states[1].to_arrays().values())


def test_state_of_another_version_is_refused() -> None:
    arrays = history("tiny", 1).states[0].to_arrays()
    del arrays["containers.count"]
    with pytest.raises(ValueError, match=r"lacks containers\.count"):
        FarmState.from_arrays(arrays)


def test_opening_state_is_left_untouched() -> None:
    past = history("tiny", 2)
    before = {name: values.copy() for name, values in past.states[0].to_arrays().items()}
    simulate_year(
        past.scenario, past.infrastructure, site_days(past.scenario, past.infrastructure, 2016), past.states[0], 2016
    )
    for name, values in past.states[0].to_arrays().items():
        np.testing.assert_array_equal(values, before[name], err_msg=name)


@pytest.mark.parametrize("length", [1, 30, 200])
def test_first_days_do_not_depend_on_through(length: int) -> None:
    past = history("tiny", 3)
    year, whole = 2017, past.ledgers[2]
    through = timeline.year_days(year).first + length - 1
    short, state = simulate_year(
        past.scenario,
        past.infrastructure,
        site_days(past.scenario, past.infrastructure, year),
        past.states[1],
        year,
        through,
    )
    assert state.day == through
    assert short.through == through
    for name in HAPPENED:
        frame = getattr(whole, name)
        _same(getattr(short, name), frame.take(frame.day <= through))
    for name, key, day in (
        ("batches", "batch", "start_day"),
        ("assignments", "assignment", "start_day"),
        ("treatments", "treatment", "day"),
        ("outbreaks", "outbreak", "start_day"),
        ("deliveries", "purchase", "order_day"),
    ):
        frame, ids = (
            getattr(whole, name),
            f"{key}_id",
        )
        np.testing.assert_array_equal(
            getattr(getattr(short, name), ids), getattr(frame, ids)[getattr(frame, day) <= through]
        )


def test_ids_ascend_and_belong_to_their_day() -> None:
    for ledger in history("tiny", 4).ledgers:
        for frame, identity, day in (
            (ledger.movements, "movement_id", "day"),
            (ledger.assignments, "assignment_id", "start_day"),
            (ledger.batches, "batch_id", "start_day"),
            (ledger.treatments, "treatment_id", "day"),
            (ledger.outbreaks, "outbreak_id", "start_day"),
            (ledger.lice_counts, "count_id", "day"),
            (ledger.deliveries, "purchase_id", "order_day"),
            (ledger.events, "event_id", "day"),
        ):
            ids, days = getattr(frame, identity), getattr(frame, day)
            assert np.all(np.diff(ids) > 0)
            if ids.size:
                base = timeline.row_ids(days, np.zeros(days.size))
                assert np.all((ids >= base) & (ids < base + timeline.WIDE_DAY_ROWS))


def test_what_a_changed_parameter_cannot_reach_stays() -> None:
    plain, untreated = history("tiny", 3), history("tiny", 3, ("health.lice.treatments={}",))
    treatments = [ledger.treatments for ledger in plain.ledgers]
    first = min(
        int(one.day[one.reason == TreatmentReason.LICE].min())
        for one in treatments
        if np.any(one.reason == TreatmentReason.LICE)
    )
    # The decision makes the fish fast a few days before the treatment.
    reached = first - 4
    one, other = plain.container_days, untreated.container_days
    _same(one.take(one.day < reached), other.take(other.day < reached))
    later = [frame.take(frame.day >= first).adult_female.astype(float).sum() for frame in (one, other)]
    assert later[0] < later[1]
    assert not any(np.any(ledger.treatments.reason == TreatmentReason.LICE) for ledger in untreated.ledgers)


def test_what_does_not_belong_to_the_year_is_refused() -> None:
    scenario = load_scenario("tiny")
    infrastructure = build(scenario)
    water = site_days(scenario, infrastructure, 2016)
    with pytest.raises(ValueError, match="2016 needs the closing state of 2015"):
        simulate_year(scenario, infrastructure, water, None, 2016)
    with pytest.raises(ValueError, match="not a day of 2016"):
        simulate_year(
            scenario, infrastructure, water, history("tiny", 1).states[0], 2016, timeline.year_days(2017).first
        )
    with pytest.raises(ValueError, match="2017 needs"):
        simulate_year(scenario, infrastructure, water, history("tiny", 2).states[1], 2017)
    with pytest.raises(ValueError, match="opening state is of 2016-12-31"):
        simulate_year(scenario, infrastructure, water, history("tiny", 2).states[1], 2016)
