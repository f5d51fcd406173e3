"""What treatments and vaccinations do, in a simulated farm."""

import numpy as np
import pytest

from aquamind_assets.ledger.codes import Outcome, TreatmentReason
from aquamind_assets.ledger.model import Treatments
from aquamind_assets_tests.farm.simulated import history

YEARS = 2


def given(changes: tuple[str, ...], reason: TreatmentReason) -> Treatments:
    treatments = Treatments.concat([one.treatments for one in history("tiny", YEARS, changes).ledgers])
    return treatments.take((treatments.reason == reason) & (treatments.outcome != Outcome.PENDING))


@pytest.mark.parametrize(("failures", "outcome"), [(0.0, Outcome.SUCCESSFUL), (1.0, Outcome.UNSUCCESSFUL)])
def test_a_vaccination_that_fails_protects_nothing(failures: float, outcome: Outcome) -> None:
    changes = tuple(f"health.vaccines.{key}.failures={failures}" for key in ("standard", "enhanced"))
    found = given(changes, TreatmentReason.VACCINATION)
    assert len(found)
    assert (found.outcome == outcome).all()
    assert ((found.efficacy > 0) == (outcome == Outcome.SUCCESSFUL)).all()
    past = history("tiny", YEARS, changes)
    vaccinated = np.isin(past.ledgers[-1].batches.batch_id, found.batch_id)
    immunity = past.states[-1].plans.immunity[vaccinated]
    assert (np.isneginf(immunity) if failures else immunity > 0).all()


def test_what_is_made_of_a_treatment_follows_from_what_it_did() -> None:
    found = given((), TreatmentReason.DISEASE)
    assert len(found) > 5
    assert ((found.efficacy > 0) == (found.outcome != Outcome.UNSUCCESSFUL)).all()
    for disease in np.unique(found.disease):
        mine = found.take(found.disease == disease)
        well, partly = (mine.efficacy[mine.outcome == one] for one in (Outcome.SUCCESSFUL, Outcome.PARTIAL))
        assert well.min(initial=1.0) > partly.max(initial=0.0)
