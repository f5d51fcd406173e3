import numpy as np
import pytest
from pydantic import ValidationError

from aquamind_assets.realism.targets import Target, compare, load_targets

DOCUMENT = {
    "key": "harvest_weight",
    "figure": "Harvest weight",
    "statistic": "kg / fish",
    "where": "Movements",
    "unit": "kg",
    "value": 5.0,
    "low": 4.5,
    "high": 5.6,
    "source": "Bakkafrost",
    "scope": ["decade"],
}
MONTHS = DOCUMENT | {
    "key": "months",
    "value": [6.0, 7.0],
    "low": [5.0, 6.0],
    "high": [7.0, 8.0],
    "scope": ["year", "decade"],
}


def test_every_target_has_a_statistic_and_a_source() -> None:
    targets = load_targets()
    assert len({target.key for target in targets}) == len(targets) > 30
    for target in targets:
        assert target.figure
        assert target.statistic
        assert target.where
        assert target.source
        assert target.scope
        assert all(
            low <= value <= high for low, value, high in zip(target.low, target.value, target.high, strict=True)
        ), target.key


@pytest.mark.parametrize(
    "change", [{"low": 6.0}, {"low": [4.5, 4.5]}, {"colour": "red"}, {"scope": ["week"]}, {"value": "much"}]
)
def test_an_invalid_target_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Target.model_validate(DOCUMENT | change)


@pytest.mark.parametrize(
    ("measured", "standing"),
    [
        (4.5, "inside"),
        (5.6, "inside"),
        (4.49, "outside"),
        (np.nan, "not measured"),
        (np.array([5.0, 5.0]), "not measured"),
    ],
)
def test_a_measured_value_is_compared_with_its_band(measured: float, standing: str) -> None:
    assert (
        compare([Target.model_validate(DOCUMENT)], {"harvest_weight": np.asarray(measured)}, "decade", full_scale=True)[
            0
        ].standing
        == standing
    )


def test_a_series_is_inside_when_each_of_its_values_is() -> None:
    months = Target.model_validate(MONTHS)
    assert compare([months], {"months": np.array([5.0, 8.0])}, "year", full_scale=False)[0].standing == "inside"
    comparison = compare([months], {"months": np.array([5.0, 8.1])}, "year", full_scale=False)[0]
    assert comparison.standing == "outside"
    assert comparison.measured == (5.0, 8.1)


def test_scope_and_scale_decide_what_is_compared() -> None:
    large = Target.model_validate(DOCUMENT | {"key": "tonnes", "full_scale": True})
    targets = [Target.model_validate(DOCUMENT), Target.model_validate(MONTHS), large]
    values = {"harvest_weight": np.asarray(5.0), "tonnes": np.asarray(0.1)}
    assert [comparison.target.key for comparison in compare(targets, values, "year", full_scale=True)] == ["months"]
    standings = {
        comparison.target.key: comparison.standing
        for comparison in compare(targets, values, "decade", full_scale=False)
    }
    assert standings == {"harvest_weight": "inside", "months": "not measured", "tonnes": "not measured"}
    assert compare([large], values, "decade", full_scale=True)[0].standing == "outside"
