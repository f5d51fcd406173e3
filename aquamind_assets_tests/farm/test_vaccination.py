"""Vaccinations take in most batches; in some they do not."""

import numpy as np
import pytest

from aquamind_assets.ledger.codes import Outcome, TreatmentReason
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.farm.simulated import History, history


def vaccinated(failing: float) -> tuple[History, np.ndarray]:
    """A history in which vaccines fail so often, and the outcomes of its vaccinations as they are known at the end."""
    past = history("tiny", 2, tuple(f"health.vaccines.{key}.failing={failing}" for key in ("standard", "enhanced")))
    given = past.ledgers[-1].treatments
    return past, given.outcome[(given.reason == TreatmentReason.VACCINATION) & (given.outcome != Outcome.PENDING)]


@pytest.mark.parametrize(("failing", "outcome"), [(0.0, Outcome.SUCCESSFUL), (1.0, Outcome.UNSUCCESSFUL)])
def test_a_vaccine_that_does_not_take_gives_no_immunity_and_its_outcome_says_so(
    failing: float, outcome: Outcome
) -> None:
    past, outcomes = vaccinated(failing)
    assert outcomes.size
    assert (outcomes == outcome).all()
    state = past.states[-1]
    living = (state.batches.vaccinated_day >= 0) & (state.batches.end_day < 0)
    assert living.any()
    assert (state.plans.immunity[living] > 0).all() == (failing == 0)


def test_some_batches_of_the_presets_fail() -> None:
    assert all(0 < one.failing < 0.2 for one in load_scenario("demo").health.vaccines)
