"""Deaths are put down to a cause while its signs are seen; escapes are rare incidents with a number."""

import numpy as np
import pytest

from aquamind_assets.farm import signs
from aquamind_assets.farm.processes.mortality import Mortality
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Cause, EventKind
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.farm.simulated import history


def test_shares_add_up_and_without_signs_the_cause_is_unknown() -> None:
    mortality = Mortality.from_scenario(load_scenario("demo"))
    seen = np.random.default_rng(1).random((500, len(Cause))) < 0.5
    seen[0] = False
    shares = mortality.shares(seen)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert (shares >= 0).all()
    assert shares[0, Cause.UNKNOWN] == 1.0
    assert not shares[:, Cause.ESCAPE].any()


def test_without_the_parameter_the_shares_of_the_specification_hold_every_day() -> None:
    mortality = Mortality.from_scenario(load_scenario("demo", ["health.mortality.signs=null"]))
    stage, nothing = np.array([5]), np.zeros(1)
    hazards = mortality.hazards(stage, np.array([0.01]), nothing, nothing, signs=None)
    np.testing.assert_allclose(hazards[0] / hazards.sum(), mortality.cause_shares[1])


def test_signs_follow_what_happens_in_the_container(farm: Farm) -> None:
    spec = farm.scenario.health.mortality.signs
    assert spec is not None
    spec = spec.model_copy(update={"illness_share": 0.0, "hunting_share": 1.0})
    rows = np.flatnonzero((farm.containers.count > 0) & farm.layout.at_sea)[:2]
    farm.containers.arrived[rows] = farm.today.day - 100
    farm.health.containers.handled_day[rows] = [farm.today.day - 1, farm.today.day - 100]
    farm.health.sick[:] = 0.0
    farm.health.sick[rows[1]] = 0.2
    seen = signs.seen(farm, rows, spec, np.array([100.0, spec.poor_saturation - 1]))
    assert seen[:, Cause.HANDLING].tolist() == [True, False]
    same_site = farm.layout.site[rows[0]] == farm.layout.site[rows[1]]
    assert seen[:, Cause.DISEASE].tolist() == [same_site, True]
    assert seen[1, Cause.ENVIRONMENTAL]
    assert seen[:, Cause.PREDATION].all()
    often = spec.model_copy(update={"illness_share": 1.0, "hunting_share": 0.0})
    seen = signs.seen(farm, rows, often, np.array([100.0, 100.0]))
    assert seen[:, Cause.DISEASE].all()
    assert not seen[:, Cause.PREDATION].any()


@pytest.mark.slow
def test_fish_escape_in_incidents_only() -> None:
    escaped = 0
    for ledger in history("tiny", 3, ("health.mortality.events.escape.per_year=3",)).ledgers:
        days, events = ledger.container_days, ledger.events
        incidents = events.take(events.kind == EventKind.ESCAPE)
        assert days.deaths_escape.sum() == incidents.fish_lost.sum()
        assert (incidents.fish_lost > 0).all()
        escaped += int(incidents.fish_lost.sum())
    assert escaped


def test_most_deaths_rows_at_sea_have_one_or_two_causes() -> None:
    past = history("demo", 4)
    fish = past.container_days
    at_sea = past.infrastructure.containers.area[fish.container] >= 0
    causes = sum((getattr(fish, f"deaths_{cause.name.lower()}")[at_sea] > 0).astype(int) for cause in Cause)
    assert (causes[causes > 0] <= 2).mean() > 0.7
