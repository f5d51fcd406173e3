"""Whatever a scenario says is refused, or runs with every law kept: tried by changes around every parameter."""

import warnings
from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.laws.evidence import Evidence
from aquamind_assets.laws.registry import SIMULATED
from aquamind_assets.pipeline.generation import recorders_in_order
from aquamind_assets.pipeline.simulation import simulate_years
from aquamind_assets.scenario.explaining import explain
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets_tests.farm.laws import all_laws
from aquamind_assets_tests.farm.simulated import History
from aquamind_assets_tests.records.histories import rows_of
from aquamind_assets_tests.release_2025_08 import LAWS, RECORDERS
from aquamind_assets_tests.scenario.mutations import allowed, at, documents, nodes

SITES = """
  - name: Skálavík
    latitude: 61.8
    longitude: -6.7
    cages: {cage_large: 2}
    water: {temperature: [7, 6, 6, 6, 8, 9, 10, 11, 10, 9, 8, 7]}
  - name: Húsavík
    latitude: 61.8
    longitude: -6.6
    cages: {cage_large: 2, cage_medium: 1}
    water: {days: [2015-03-01, 2015-03-09, 2015-08-01], temperature: [6, 6.5, 11], salinity: [35, null, 34]}
"""

STOCK = """
  - {site: Skálavík, day: 2014-05-01, fish: 40000, weight_g: 1800}
  - {site: Húsavík, day: 2015-04-01, fish: 9000, weight_g: 110}
"""

BASE = load_scenario(
    "tiny",
    [
        "water.readings_per_day=1",
        f"farm.geographies.Faroe Islands.sites={SITES}",
        f"farm.batches.stock={STOCK}",
        "health.lice.connectivity={Skálavík: {Húsavík: 0.2}}",
    ],
).model_dump()
"""The smallest farm with something of everything, and fish at sea from the first day on."""

LARGEST = 3_000
"""Containers of a farm that is run here; larger ones are allowed, but take minutes."""

Tally = Counter[str]


def run_first_year(scenario: Scenario, tally: Tally) -> None:
    """Simulates and records the first year, and asserts every law of the farm; numbers that are none are errors."""
    built = build(scenario)
    if len(built.containers) > LARGEST:
        tally["too large to run here"] += 1
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        (year,) = simulate_years(scenario, built, [scenario.first_year])
        all_laws(History(scenario, built, [year.ledger], [year.closing]))
        evidence = Evidence(scenario, built, scenario.first_year, {scenario.first_year: year.ledger}.get)
        for law in LAWS:
            if law.asset == SIMULATED:
                assert not law.judge(evidence).violations, law.name
        inputs = year.inputs(scenario, built)
        for recorder in recorders_in_order(RECORDERS):
            rows_of(recorder, inputs)
    tally["run"] += 1


def check(document: dict[str, Any], tally: Tally) -> None:
    """Validates a document; what is refused has a message of a line for each wrong value, what is accepted runs."""
    tally["generated"] += 1
    try:
        scenario = Scenario.model_validate(document)
    except ValidationError as error:
        tally["refused"] += 1
        first, *lines = explain(error, "farm.yaml", document).splitlines()
        assert first == f"scenario farm.yaml has {len(lines)} wrong value(s):"
        return
    tally["accepted"] += 1
    run_first_year(scenario, tally)


def test_every_parameter_has_values_to_try() -> None:
    """Every number has a lowest and a highest value, every range its bounds."""
    for node in nodes(BASE):
        allowed(node, at(BASE, node.path))


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(documents(BASE))
def test_what_is_accepted_runs_with_every_law_kept(document: dict[str, Any]) -> None:
    check(document, Counter())


def test_fish_may_escape_in_any_event() -> None:
    document = deepcopy(BASE)
    for event in document["health"]["mortality"]["events"]:
        event |= {"cause": "escape", "per_year": 5.0}
    tally: Tally = Counter()
    check(document, tally)
    assert tally["run"] == 1


@pytest.mark.slow
def test_what_is_accepted_runs_with_every_law_kept_at_length() -> None:
    """With ``-s`` it prints how many scenarios were generated, accepted, refused and run."""
    tally: Tally = Counter()

    @settings(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(documents(BASE))
    def many(document: dict[str, Any]) -> None:
        check(document, tally)

    many()
    print(dict(tally))
    assert tally["run"] >= tally["generated"] / 4
