"""``aquamind scenario tell``: a classifier between a scenario's weeks and those of a reference table."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.exits import FAILED
from aquamind_assets.cli.options import Changes, Json, Preset, Quiet, ScenarioFile, print_origins, settings_of
from aquamind_assets.cli.output import console_for, print_result, shown_work
from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.cli.years import UsageError
from aquamind_assets.durable_files import check_file

if TYPE_CHECKING:
    from aquamind_assets.realism.tell.classifier import Tell
    from aquamind_assets.scenario.model import Scenario

MOST_SHOWN = 10
"""Columns in the table of the most telling ones."""

_GROUPS = (Column("features", wraps=True), Column("AUC", right=True))
_COLUMNS = (Column("column", wraps=True), Column("AUC alone", right=True), Column("AUC lost if shuffled", right=True))

app = typer.Typer()


@app.command(
    epilog=(
        "`aquamind scenario tell --reference weeks.csv --preset bakkafrost --geography Scotland` · `aquamind scenario"
        " tell --write ours.csv`"
    )
)
def tell(
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    reference: Annotated[
        str | None,
        typer.Option(
            "--reference",
            metavar="FILE",
            help="A CSV file with a line for each week of a cage or a site; docs/tell.md describes its columns."
            " `example` is a table of the package, of simulated weeks.",
            show_default=False,
        ),
    ] = None,
    geography: Annotated[
        str | None,
        typer.Option("--geography", metavar="NAME", help="Compare its sites alone.", show_default=False),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write",
            metavar="FILE",
            help="Also write the scenario's weeks as such a file; without --reference nothing else is done.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        float | None,
        typer.Option(
            "--limit", metavar="AUC", min=0.5, max=1, help="Exit code 1 if the AUC is above.", show_default=False
        ),
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Simulate the whole history, and train a classifier to tell its weeks from those of a reference table. It is
    scored on sites and times that it was not trained on. The scores are areas under the ROC curve (AUC): .5 if the
    classifier finds no difference, 1 if it tells every week. Nothing is written to a database."""
    from aquamind_assets.farm.sites import infrastructure
    from aquamind_assets.realism.tell.classifier import find_tell
    from aquamind_assets.realism.tell.columns import CAGE
    from aquamind_assets.realism.tell.table import read_reference, write_table
    from aquamind_assets.realism.tell.weeks import simulate_weeks, table_of
    from aquamind_assets.tasks.baselines import require_packages

    if reference is None and write is None:
        raise UsageError("--reference FILE or --write FILE: give one of them, or both")
    settings = settings_of(preset, scenario, changes, None, None)
    print_origins(Console(stderr=True, quiet=quiet or as_json), settings, ("scenario", "changes"))
    # The history takes a while: what cannot be used is named before.
    loaded = settings.load_scenario()
    places = _geographies(loaded, geography)
    if reference is not None:
        require_packages()
    other = None if reference is None else read_reference(reference)
    if write is not None:
        check_file("the table", write)
    console = console_for(quiet, as_json)
    with shown_work(console, f"Simulating {loaded.first_year}") as update:
        built = infrastructure.build(loaded)
        ours = table_of(built, simulate_weeks(loaded, built, update), places, by_cage=other is None or CAGE in other)
        if write is not None:
            write_table(write, ours)
        found = None if other is None else find_tell(ours, other, loaded.seed, update)
    if found is None or reference is None:
        print_result({"weeks": len(ours)}, as_json, lambda: console.print(f"{len(ours):,} weeks written"))
        return
    print_result({"reference": reference, **tell_as_json(found)}, as_json, lambda: show_tell(console, found, reference))
    if limit is not None and found.auc > limit:
        raise typer.Exit(FAILED)


def tell_as_json(found: "Tell") -> dict[str, Any]:
    """The scores as plain values, rounded to three decimals: more are no property of the tables."""
    return {
        "auc": round(found.auc, 3),
        "folds": [round(auc, 3) for auc in found.folds],
        "rows": {"ours": found.rows[0], "reference": found.rows[1]},
        "sites": {"ours": found.sites[0], "reference": found.sites[1]},
        "groups": {name: round(auc, 3) for name, auc in found.groups.items()},
        "columns": [
            asdict(one) | {"auc": round(one.auc, 3), "importance": round(one.importance, 3)} for one in found.columns
        ],
    }


def show_tell(console: Console, found: "Tell", reference: str) -> None:
    """The scores: of all features, by group, and the most telling columns."""
    from aquamind_assets.realism.tell.table import EXAMPLE, EXAMPLE_ORIGIN

    (ours, theirs), (our_sites, their_sites) = found.rows, found.sites
    console.print(f"Reference: {escape(EXAMPLE_ORIGIN if reference == EXAMPLE else reference)}", highlight=False)
    console.print(
        f"Weeks: {ours:,} of ours from {our_sites} sites, {theirs:,} of the reference from {their_sites} sites",
        highlight=False,
    )
    console.print(
        f"AUC: {found.auc:.3f} with all features ({len(found.folds)} folds: {min(found.folds):.3f} to"
        f" {max(found.folds):.3f})",
        highlight=False,
    )
    console.print()
    groups = sorted(found.groups.items(), key=lambda one: -one[1])
    print_table(console, _GROUPS, [(escape(name), f"{auc:.3f}") for name, auc in groups])
    console.print()
    rows = [
        (one.column, f"{one.auc:.3f}", f"{round(one.importance, 3) + 0.0:.3f}") for one in found.columns[:MOST_SHOWN]
    ]
    print_table(console, _COLUMNS, rows)
    console.print(f"Most telling: {found.columns[0].column}", highlight=False)


def _geographies(scenario: "Scenario", name: str | None) -> list[int]:
    """Rows of the geographies that are compared.

    Raises:
        UsageError: the scenario has no geography of this name.
    """
    names = [geography.name for geography in scenario.farm.geographies]
    if name is None:
        return list(range(len(names)))
    if name not in names:
        raise UsageError(f"--geography {name}: allowed are {', '.join(names)}")
    return [names.index(name)]
