"""The laws hold for the presets and for random small farms."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aquamind_assets_tests.farm.laws import all_laws
from aquamind_assets_tests.farm.simulated import history
from aquamind_assets_tests.laws.of_ledgers import results_of


@pytest.mark.parametrize(("preset", "years"), [("tiny", 6), ("demo", 4)])
def test_laws_hold_for_presets(preset: str, years: int) -> None:
    """Those of the full scale are judged in ``test_presets.py``, over all its years."""
    all_laws(history(preset, years))


random_farms = given(
    seed=st.integers(0, 2**40),
    eggs=st.integers(30_000, 140_000),
    cages=st.integers(1, 3),
    smolt_weight=st.integers(60, 220),
    warming=st.floats(-1.5, 2.5),
    grace=st.integers(0, 40),
    outbreaks=st.floats(0, 10),
    boats=st.integers(1, 3),
    threshold=st.floats(0.1, 1.0),
)
usual = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@settings(usual, max_examples=2)
@random_farms
def test_laws_hold_for_random_farms(**drawn: float) -> None:
    assert_lawful(**drawn)


@pytest.mark.slow
@settings(usual, max_examples=6)
@random_farms
def test_laws_hold_for_more_random_farms(**drawn: float) -> None:
    assert_lawful(**drawn)


def assert_lawful(
    seed: int,
    eggs: int,
    cages: int,
    smolt_weight: int,
    warming: float,
    grace: int,
    outbreaks: float,
    boats: int,
    threshold: float,
) -> None:
    """Judged by what tests know of farms, and by the laws of the product, which must agree."""
    changes = (
        f"seed={seed}",
        f"farm.batches.eggs_mean={eggs}",
        f"farm.batches.eggs={{low: {eggs // 2}, high: {eggs * 2}}}",
        f"farm.batches.smolt_weight_g={smolt_weight}",
        f"farm.batches.harvest_cages_per_day={boats}",
        "farm.batches.active_target=3",
        f"farm.geographies.Faroe Islands.area_cages={{cage_large: {cages}, cage_medium: 1, cage_small: 1}}",
        f"farm.geographies.Faroe Islands.climate.warming={warming:.2f}",
        (
            f"farm.geographies.Faroe Islands.disease_scale={{ISA: {outbreaks:.1f}, AGD: {outbreaks:.1f}, FUR:"
            f" {outbreaks:.1f}, IPN: {outbreaks:.1f}}}"
        ),
        f"farm.container_types.cage_large.grace_days={grace}",
        f"farm.container_types.pre_transfer.grace_days={grace}",
        f"health.lice.threshold={threshold:.2f}",
    )
    past = history("tiny", 4, changes)
    all_laws(past)
    for before, ledger in zip([None, *past.ledgers], past.ledgers, strict=False):
        for law, result in results_of(past, ledger, before).items():
            assert result.passed, (law, str(result))
