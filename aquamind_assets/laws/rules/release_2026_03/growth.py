"""Rules of the single fish of growth samples, which release 2026-03 adds: AquaMind computes the sample from them."""

from aquamind_assets.laws.rules.batch import HALF_CENT
from aquamind_assets.laws.rules.model import Rule, rule

_SAMPLE, _FISH = "batch_growthsample", "batch_individualgrowthobservation"


def _of_fish(what: str, description: str, violation: str) -> Rule:
    """Return a rule on the groups of the fish ``x`` of each sample ``t``."""
    return Rule(
        f"{_SAMPLE}.{what}",
        _SAMPLE,
        description,
        query=(
            f"SELECT t.id FROM {_SAMPLE} t JOIN {_FISH} x ON x.growth_sample_id = t.id WHERE {{rows}} GROUP BY t.id"
            f" HAVING {violation}"
        ),
    )


def _deviation(value: str, column: str) -> str:
    """Return the condition that a stored deviation is not that of a sample's values (n - 1). Their variance is compared
    with the squares of the limits of rounding, because not every database has a square root."""
    squares = f"(SUM({value} * {value}) - SUM({value}) * SUM({value}) / count(*)) / (count(*) - 1)"
    limits = [f"(max(t.{column}) {sign} .0051) * abs(max(t.{column}) {sign} .0051)" for sign in "-+"]
    return f"count(*) > 1 AND NOT ({squares} BETWEEN {limits[0]} AND {limits[1]})"


RULES: list[Rule] = [
    rule(
        _FISH,
        "weight_g.positive",
        "Weight and length of a fish are positive.",
        "t.weight_g <= 0 OR t.length_cm <= 0",
    ),
    _of_fish("sample_size.fish", "A sample has the fish that were weighed for it.", "count(*) <> max(t.sample_size)"),
    _of_fish(
        "avg_weight_g.fish",
        "Mean, lightest and heaviest weight, and mean length of a sample are those of its fish.",
        f"abs(avg(x.weight_g) - max(t.avg_weight_g)) > {HALF_CENT} OR abs(avg(x.length_cm) - max(t.avg_length_cm)) >"
        f" {HALF_CENT} OR abs(min(x.weight_g) - max(t.min_weight_g)) > {HALF_CENT} OR abs(max(x.weight_g) -"
        f" max(t.max_weight_g)) > {HALF_CENT}",
    ),
    _of_fish(
        "std_deviation.fish",
        "The deviations of a sample are those of its fish.",
        f"{_deviation('x.weight_g', 'std_deviation_weight')} OR {_deviation('x.length_cm', 'std_deviation_length')}",
    ),
]
