"""docs/realism.md: every published figure beside what was measured, and the key figures of the farm.

Belongs here: the page. Does not belong here: simulating (``history``), measuring (``statistics``), bands
(``targets.yaml``).
"""

from datetime import date

from aquamind_assets import timeline
from aquamind_assets.realism.key_figures import KeyFigure, columns, key_figures
from aquamind_assets.realism.observations import Observations
from aquamind_assets.realism.targets import Comparison, Target
from aquamind_assets.scenario.model import Scenario


def realism_page(scenario: Scenario, observed: Observations, comparisons: list[Comparison]) -> str:
    """The page in Markdown."""
    counted = {
        standing: sum(comparison.standing == standing for comparison in comparisons)
        for standing in ("inside", "outside", "not measured")
    }
    first, last = (timeline.to_date(int(day)) for day in (observed.active.day.min(), observed.active.day.max()))
    head = [
        "# Realism",
        "",
        "What the simulated farm measures beside published figures. The figures, their bands and sources are data",
        (
            "(`aquamind_assets/realism/targets.yaml`); what is measured is in `aquamind_assets/realism/statistics.py`."
            " No statistic is special-cased: the"
        ),
        (
            "processes of `aquamind_assets/farm/processes/` give it. Their coefficients whose source says 'calibrated'"
            " were chosen with these figures in view,"
        ),
        (
            "so a figure inside its band shows that the mechanisms can give it, not that they were found without it."
            " Where the source names no band, it is ours."
        ),
        "",
        "`aquamind scenario realism --preset bakkafrost --output docs/realism.md` writes this page.",
        "`aquamind scenario realism --preset bakkafrost --seeds 5` judges the same figures over five seeds.",
        "",
        (
            f"Scenario `{scenario.name}`, seed {scenario.seed}, fingerprint `{scenario.farm_fingerprint()}`,"
            f" {_day(first)} to {_day(last)}:"
        ),
        (
            f"**{counted['inside']} inside, {counted['outside']} outside** their band, {counted['not measured']} not"
            " measured at this scale."
        ),
        "",
    ]
    return "\n".join(
        [
            *head,
            *_comparisons_table(comparisons),
            "",
            *_notes(comparisons),
            *_key_table(columns(scenario), key_figures(scenario, observed)),
            "",
        ]
    )


def _comparisons_table(comparisons: list[Comparison]) -> list[str]:
    lines = ["| figure | unit | published | band | measured | | source |", "|---|---|---|---|---|---|---|"]
    for comparison in comparisons:
        target = comparison.target
        published, measured = (", ".join(map(number, values)) for values in (target.value, comparison.measured))
        mark = {"inside": "inside", "outside": "**outside**", "not measured": "-"}[comparison.standing]
        lines.append(
            f"| {target.figure} | {target.unit} | {published} | {band(target)} | {measured or '-'} |"
            f" {mark} | {target.source} |"
        )
    return lines


def _notes(comparisons: list[Comparison]) -> list[str]:
    lines = ["## How each is measured", "", "| figure | statistic | where | note |", "|---|---|---|---|"]
    lines += [
        f"| {one.target.figure} | {one.target.statistic} | {one.target.where} | {one.target.note} |"
        for one in comparisons
    ]
    return [*lines, ""]


def _key_table(names: list[str], figures: list[KeyFigure]) -> list[str]:
    lines = ["## Key figures", "", f"| figure | unit | {' | '.join(names)} |", "|---|---|" + "---|" * len(names)]
    return lines + [
        f"| {one.figure.title} | {one.figure.unit} |"
        f" {' | '.join('-' if value != value else number(value) for value in one.values)} |"
        for one in figures
    ]


def band(target: Target) -> str:
    """The band of a target, by place of its series."""
    return ", ".join(f"{number(low)}-{number(high)}" for low, high in zip(target.low, target.high, strict=True))


def number(value: float) -> str:
    """Three significant digits, whole numbers from 100 on."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _day(day: date) -> str:
    return day.isoformat()
