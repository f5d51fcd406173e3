"""``aquamind tasks``: machine-learning tasks from a scenario's history, with cards, splits and baselines."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.exits import FAILED
from aquamind_assets.cli.options import Changes, Json, Preset, Quiet, ScenarioFile, print_origins, settings_of
from aquamind_assets.cli.output import console_for, print_result, shown_work
from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.cli.years import UsageError

if TYPE_CHECKING:
    from aquamind_assets.tasks.writing import WrittenTask

MOST_FARMS = 50

_COLUMNS = (
    Column("task", wraps=True),
    Column("rows", right=True),
    Column("constant", right=True),
    Column("line", right=True),
    Column("model", right=True),
    Column("truth", right=True),
    Column("checks", wraps=True),
)

app = typer.Typer()


@app.command(epilog="`aquamind tasks --preset demo` · `aquamind tasks --task sensor_faults --farms 3 --output tasks`")
def tasks(
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    names: Annotated[
        list[str] | None,
        typer.Option("--task", metavar="NAME", help="A task alone; may be repeated.", show_default=False),
    ] = None,
    farms: Annotated[
        int,
        typer.Option(
            "--farms",
            metavar="N",
            min=1,
            max=MOST_FARMS,
            help="Simulate the scenario N times, with its seed and those after it, for more rows.",
        ),
    ] = 1,
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="Folder of the tasks.")] = Path("data/tasks"),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Write machine-learning tasks from a scenario's whole history: Parquet files for training, validation and test,
    and a data card with the scores of baselines. No database is needed. Exit code 1 if a task is trivial or
    impossible."""
    from aquamind_assets.durable_files import made_folder
    from aquamind_assets.tasks.baselines import require_packages
    from aquamind_assets.tasks.registry import TASKS
    from aquamind_assets.tasks.writing import simulate_farms, write_tasks

    chosen = list(names or TASKS)
    if unknown := [name for name in chosen if name not in TASKS]:
        raise UsageError(f"--task {unknown[0]}: allowed are {', '.join(TASKS)}")
    settings = settings_of(preset, scenario, changes, None, None)
    console = console_for(quiet, as_json)
    print_origins(Console(stderr=True, quiet=quiet or as_json), settings, ("scenario", "changes"))
    # The history takes a while: what is missing is named before.
    require_packages()
    folder = made_folder("the folder of tasks", output.absolute())
    loaded = settings.load_scenario()
    with shown_work(console, f"Simulating {loaded.first_year}") as update:
        written = write_tasks(simulate_farms(loaded, farms, update), chosen, folder, update)
    print_result([one.as_json() for one in written], as_json, lambda: show(console, written, folder))
    if any(one.standing == "broken" for one in written):
        raise typer.Exit(FAILED)


def show(console: Console, written: "list[WrittenTask]", folder: Path) -> None:
    """The tasks as a table: rows, scores, and the standing of their checks."""
    rows: list[tuple[str, ...]] = []
    for one in written:
        if one.scores is None:
            rows.append((escape(one.name), "-", "-", "-", "-", "-", escape(f"not made: {one.reason}")))
            continue
        scores = (one.scores.trivial, one.scores.line, one.scores.sensible, one.scores.truth)
        rows.append(
            (escape(one.name), f"{sum(one.rows.values()):,}", *(f"{value:.3f}" for value in scores), one.standing)
        )
    print_table(console, _COLUMNS, rows)
    console.print(
        "Detections: average precision, higher is better. Forecasts: mean absolute error of the logarithm, lower is"
        " better.",
        highlight=False,
    )
    console.print(f"Written to {escape(str(folder))}", highlight=False, soft_wrap=True)
