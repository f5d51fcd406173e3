"""The page of ``aquamind scenario realism --seeds N --output``: every published figure beside the histories of several
seeds.

Belongs here: the page. Does not belong here: judging (``seeds``), the page of one history (``page``).
"""

from collections.abc import Sequence

from aquamind_assets.realism.page import band, number
from aquamind_assets.realism.seeds import SeedsComparison, tuning_seeds
from aquamind_assets.scenario.model import Scenario


def seeds_page(scenario: Scenario, comparisons: list[SeedsComparison]) -> str:
    """The page in Markdown.

    Args:
        scenario: the scenario with its own seed.
        comparisons: of every target, over the same seeds.
    """
    seeds = list(comparisons[0].by_seed)
    counted = {
        standing: sum(one.standing == standing for one in comparisons)
        for standing in ("inside", "outside", "not measured")
    }
    tuned = [seed for seed in seeds if seed in tuning_seeds()]
    lines = [
        "# Realism over seeds",
        "",
        f"Published figures beside {len(seeds)} histories of the scenario `{scenario.name}`, {scenario.first_year} to"
        f" {scenario.last_year}, simulated with the seeds {', '.join(map(str, seeds))}:",
        f"**{counted['inside']} inside, {counted['outside']} outside**, {counted['not measured']} not measured at this"
        " scale.",
        "",
        "A figure is inside if its mean over the seeds lies in its band and no seed is beyond the band by more than the"
        " band's own width.",
        "",
    ]
    lines += [f"- Seed {seed} was used for tuning: {tuning_seeds()[seed]}." for seed in tuned]
    lines += [
        f"- {'The other seeds were' if tuned else 'No seed of these was'} {'not ' if tuned else ''}used for tuning.",
        "",
        f"`aquamind scenario realism --preset {scenario.name} --seeds {len(seeds)} --output FILE` writes such a page.",
        "",
        "| figure | unit | band | mean | mean of other seeds | seeds outside | |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in comparisons:
        mark = {"inside": "inside", "outside": "**outside**", "not measured": "-"}[one.standing]
        lines.append(
            f"| {one.target.figure} | {one.target.unit} | {band(one.target)} | {_values(one.mean)} |"
            f" {_values(one.mean_of_others)} | {len(one.outside)} of {len(one.measured)} | {mark} |"
        )
    reasons = [f"- {one.target.figure}: {reason}." for one in comparisons for reason in one.reasons()]
    if reasons:
        lines += ["", "## Why figures are outside", "", *reasons]
    lines += ["", "## Each seed", "", f"| figure | {' | '.join(map(str, seeds))} |", "|---|" + "---|" * len(seeds)]
    for one in comparisons:
        cells = [
            f"**{_values(of_seed.measured)}**" if of_seed.standing == "outside" else _values(of_seed.measured)
            for of_seed in one.by_seed.values()
        ]
        lines.append(f"| {one.target.figure} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", "Bold values are outside their band.", ""])


def _values(measured: Sequence[float]) -> str:
    return ", ".join(map(number, measured)) or "-"
