"""``aquamind scenario realism``: a scenario's history beside published figures, without writing a database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.exits import FAILED
from aquamind_assets.cli.options import Changes, Json, Preset, Quiet, ScenarioFile, print_origins, settings_of
from aquamind_assets.cli.output import console_for, print_result, shown_work
from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.durable_files import FileUnusable, made_folder, replace_file, usable

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
        " docs/realism.md`"
    )
)
def realism(
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Also write the comparison as a page.", show_default=False),
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Simulate the whole history, and compare it with published figures. Nothing is written to a database. Exit code 1
    if a figure is outside its band."""
    settings = settings_of(preset, scenario, changes, None, None)
    print_origins(Console(stderr=True, quiet=quiet or as_json), settings, ("scenario", "changes"))
    loaded = settings.load_scenario()
    comparisons = judge_history(loaded, output, console_for(quiet, as_json))
    print_result(comparisons_as_json(comparisons), as_json, lambda: show(console_for(quiet, as_json), comparisons))
    if any(comparison.standing == "outside" for comparison in comparisons):
        raise typer.Exit(FAILED)


def judge_history(scenario: "Scenario", output: Path | None, console: Console) -> "list[Comparison]":
    """Simulate the scenario's history in this process, compare it with the targets, and write the page to ``output`` if
    it is given.

    Raises:
        FileUnusable: the page cannot be written.
    """
    from aquamind_assets.farm.sites import infrastructure
    from aquamind_assets.realism.observations import Observations
    from aquamind_assets.realism.page import realism_page, simulate_observations
    from aquamind_assets.realism.statistics import is_full_scale, measure
    from aquamind_assets.realism.targets import compare, load_targets

    if output is not None:
        # The history takes minutes: a place that cannot be used is refused before.
        made_folder("the folder of the page", output.absolute().parent)
        if output.is_dir():
            raise FileUnusable(f"the page {output} cannot be written: it is a folder")
    places = infrastructure.build(scenario)
    years = []
    with shown_work(console, f"Simulating {scenario.first_year}") as update:
        for simulated, year in zip(simulate_observations(scenario, places), scenario.years, strict=True):
            years.append(simulated)
            update(f"{year} simulated, {len(years)} of {len(scenario.years)} years")
    observed = Observations.added(years)
    comparisons = compare(
        load_targets(), measure(scenario, places, observed), "decade", full_scale=is_full_scale(places)
    )
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
        place = _worst(one)
        measured = f"{one.measured[place]:.3g}" if one.measured else "-"
        band = f"{one.target.low[place]:.3g} to {one.target.high[place]:.3g}"
        mark = f"[{colours[one.standing]}]{one.standing}[/]"
        rows.append((escape(one.target.figure), escape(one.target.unit), band, measured, mark))
    print_table(console, _COLUMNS, rows)


def _worst(comparison: "Comparison") -> int:
    """Position of the value that lies nearest to, or furthest beyond, its border, relative to the width of its band."""
    target = comparison.target
    rows = zip(comparison.measured, target.low, target.high, strict=False)
    room = [min(value - low, high - value) / max(high - low, 1e-12) for value, low, high in rows]
    return room.index(min(room)) if room else 0
