"""``aquamind scenario realism``: a scenario's history beside published figures, without writing a database.

Belongs here: the command, and the history of one seed. Does not belong here: several seeds (``realism_seeds``).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.exits import FAILED
from aquamind_assets.cli.options import Changes, Json, Preset, Quiet, ScenarioFile, print_origins, settings_of
from aquamind_assets.cli.output import console_for, print_result, shown_work
from aquamind_assets.cli.realism_seeds import MOST_SEEDS, judge_seeds, seeds_as_json, show_seeds
from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.durable_files import check_file, replace_file, usable

if TYPE_CHECKING:
    from aquamind_assets.realism.targets import Comparison
    from aquamind_assets.scenario.model import Scenario

_COLUMNS = (
    Column("figure", wraps=True),
    Column("unit", wraps=True),
    Column("band"),
    Column("measured", right=True),
    Column("result"),
)

app = typer.Typer()


@app.command(
    epilog=(
        "`aquamind scenario realism --preset demo` · `aquamind scenario realism --preset bakkafrost --output"
        " docs/realism.md` · `aquamind scenario realism --seeds 5`"
    )
)
def realism(
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    seeds: Annotated[
        int,
        typer.Option(
            "--seeds",
            metavar="N",
            min=1,
            max=MOST_SEEDS,
            help="Simulate the history N times, with the scenario's seed and those after it, and judge their mean.",
        ),
    ] = 1,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Also write the comparison as a page.", show_default=False),
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Simulate the whole history, and compare it with published figures. Nothing is written to a database. Over several
    seeds a figure is outside if its mean is outside its band, or if a seed is beyond the band by more than its width.
    Exit code 1 if a figure is outside."""
    settings = settings_of(preset, scenario, changes, None, None)
    print_origins(Console(stderr=True, quiet=quiet or as_json), settings, ("scenario", "changes"))
    loaded = settings.load_scenario()
    if output is not None:
        # The history takes minutes: a place that cannot be used is refused before.
        check_file("the page", output)
    console = console_for(quiet, as_json)
    if seeds > 1:
        over_seeds = judge_seeds(loaded, seeds, output, console)
        print_result(seeds_as_json(over_seeds), as_json, lambda: show_seeds(console, over_seeds))
        outside = any(one.standing == "outside" for one in over_seeds)
    else:
        comparisons = judge_history(loaded, output, console)
        print_result(comparisons_as_json(comparisons), as_json, lambda: show(console, comparisons))
        outside = any(one.standing == "outside" for one in comparisons)
    if outside:
        raise typer.Exit(FAILED)


def judge_history(scenario: "Scenario", output: Path | None, console: Console) -> "list[Comparison]":
    """Simulate the scenario's history in this process, compare it with the targets, and write the page to ``output`` if
    it is given.

    Raises:
        FileUnusable: the page cannot be written.
    """
    from aquamind_assets.farm.sites import infrastructure
    from aquamind_assets.realism.history import compare_history, observe_history
    from aquamind_assets.realism.page import realism_page

    places = infrastructure.build(scenario)
    with shown_work(console, f"Simulating {scenario.first_year}") as update:
        observed = observe_history(scenario, places, update)
    comparisons = compare_history(scenario, places, observed)
    if output is not None:
        with usable("the page", output):
            replace_file(output, realism_page(scenario, observed, comparisons))
    return comparisons


def comparisons_as_json(comparisons: "list[Comparison]") -> dict[str, Any]:
    """The comparisons as plain values."""
    return {
        one.target.key: {
            "measured": list(one.measured),
            "low": one.target.low,
            "high": one.target.high,
            "standing": one.standing,
            "source": one.target.source,
        }
        for one in comparisons
    }


def show(console: Console, comparisons: "list[Comparison]") -> None:
    """The comparisons as a table; series are shown by their worst value."""
    colours = {"inside": "green", "outside": "red", "not measured": "dim"}
    rows = []
    for one in comparisons:
        place = one.target.tightest(one.measured)
        measured = f"{one.measured[place]:.3g}" if one.measured else "-"
        band = f"{one.target.low[place]:.3g} to {one.target.high[place]:.3g}"
        mark = f"[{colours[one.standing]}]{one.standing}[/]"
        rows.append((escape(one.target.figure), escape(one.target.unit), band, measured, mark))
    print_table(console, _COLUMNS, rows)
