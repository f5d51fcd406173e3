"""Several seeds of ``aquamind scenario realism``: simulating them one after the other, the table, the JSON document.

Belongs here: what the command does with more than one seed. Does not belong here: the command itself (``realism``), how
seeds are judged (``aquamind_assets.realism.seeds``).
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.output import shown_work
from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.durable_files import replace_file, usable

if TYPE_CHECKING:
    from aquamind_assets.realism.seeds import SeedsComparison
    from aquamind_assets.realism.targets import Comparison
    from aquamind_assets.scenario.model import Scenario

MOST_SEEDS = 50

_COLUMNS = (
    Column("figure", wraps=True),
    Column("band"),
    Column("mean", right=True),
    Column("seeds"),
    Column("out", right=True),
    Column("result"),
)


def judge_seeds(scenario: "Scenario", seeds: int, output: Path | None, console: Console) -> "list[SeedsComparison]":
    """Simulate the scenario's history with its own seed and those after it, in this process, compare them with the
    targets, and write the page to ``output`` if it is given. The sums of one history are held at a time.

    Raises:
        FileUnusable: the page cannot be written.
    """
    from aquamind_assets.realism.seeds import compare_seeds
    from aquamind_assets.realism.seeds_page import seeds_page

    by_seed = {}
    with shown_work(console, f"Simulating {seeds} histories, seeds from {scenario.seed} on") as update:
        for place in range(seeds):
            own = scenario.model_copy(update={"seed": scenario.seed + place})
            by_seed[own.seed] = _compare(own, f"Seed {own.seed}, {place + 1} of {seeds}", update)
    comparisons = compare_seeds(by_seed)
    if output is not None:
        with usable("the page", output):
            replace_file(output, seeds_page(scenario, comparisons))
    return comparisons


def _compare(scenario: "Scenario", named: str, update: Callable[[str], None]) -> "list[Comparison]":
    from aquamind_assets.farm.sites import infrastructure
    from aquamind_assets.realism.history import compare_history, observe_history

    places = infrastructure.build(scenario)
    observed = observe_history(scenario, places, lambda text: update(f"{named}: {text}"))
    return compare_history(scenario, places, observed)


def seeds_as_json(comparisons: "list[SeedsComparison]") -> dict[str, Any]:
    """The seeds, which of them were used for tuning, and the figures, as plain values."""
    from aquamind_assets.realism.seeds import tuning_seeds

    seeds = list(comparisons[0].by_seed)
    return {
        "seeds": seeds,
        "tuning_seeds": {str(seed): tuning_seeds()[seed] for seed in seeds if seed in tuning_seeds()},
        "figures": {
            one.target.key: {
                "mean": list(one.mean),
                "mean_of_other_seeds": list(one.mean_of_others),
                "low": one.target.low,
                "high": one.target.high,
                "standing": one.standing,
                "reasons": one.reasons(),
                "seeds": {
                    str(seed): {"measured": list(of_seed.measured), "standing": of_seed.standing}
                    for seed, of_seed in one.by_seed.items()
                },
                "far_outside": list(one.far),
                "source": one.target.source,
            }
            for one in comparisons
        },
    }


def show_seeds(console: Console, comparisons: "list[SeedsComparison]") -> None:
    """The comparisons as a table, series by the place of the mean with the least room; below it, why a figure is
    outside, and which seeds there are."""
    from aquamind_assets.realism.page import number
    from aquamind_assets.realism.seeds import tuning_seeds

    colours = {"inside": "green", "outside": "red", "not measured": "dim"}
    rows = []
    for one in comparisons:
        target, place = one.target, one.target.tightest(one.mean)
        values = [of_seed.measured[place] for of_seed in one.measured]
        rows.append(
            (
                escape(f"{target.figure} ({target.unit})" if target.unit not in ("", "1") else target.figure),
                f"{number(target.low[place])} to {number(target.high[place])}",
                number(one.mean[place]) if one.mean else "-",
                f"{number(min(values))} to {number(max(values))}" if values else "-",
                f"{len(one.outside)}/{len(values)}" if values else "-",
                f"[{colours[one.standing]}]{one.standing}[/]",
            )
        )
    print_table(console, _COLUMNS, rows)
    for one in comparisons:
        for reason in one.reasons():
            console.print(f"[red]outside[/] {escape(one.target.figure)}: {escape(reason)}", highlight=False)
    seeds = list(comparisons[0].by_seed)
    console.print(f"Seeds {', '.join(map(str, seeds))}. Seeds whose own history is outside are counted as out.")
    for seed in seeds:
        if seed in tuning_seeds():
            console.print(f"Seed {seed} was used for tuning: {escape(tuning_seeds()[seed])}.", highlight=False)
