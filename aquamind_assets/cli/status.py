"""``aquamind status``: how far each year is, and the last runs."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.formats import duration, short
from aquamind_assets.cli.home import open_instance
from aquamind_assets.cli.options import (
    Changes,
    Database,
    Json,
    LedgerPlace,
    Preset,
    ScenarioFile,
    print_origins,
    settings_of,
)
from aquamind_assets.cli.output import console_for, print_result
from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.masking import masked
from aquamind_assets.settings import Settings, home_of

if TYPE_CHECKING:
    import dagster as dg

    from aquamind_assets.warehouse.checkpoints import Checkpoint

SHOWN_RUNS = 5

_COLUMNS = (
    Column("year"),
    Column("simulated to"),
    Column("assets", right=True),
    Column("chunks", right=True),
    Column("rows", right=True),
    Column("written in", right=True),
    Column("state"),
)

app = typer.Typer()


@app.command(epilog="`aquamind status` · `aquamind status --json`")
def status(
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    database: Database = None,
    ledger: LedgerPlace = None,
    as_json: Json = False,
) -> None:
    """Show the years that are simulated and written, their chunks and rows, whether they are stale, and the last
    runs."""
    settings = settings_of(preset, scenario, changes, database, ledger)
    print_origins(console_for(False, as_json), settings)
    found = status_of(settings)
    print_result(found.as_json(), as_json, lambda: show(found, Console()))


@dataclass(frozen=True)
class YearStatus:
    """One year: how far it is simulated and written.

    Attributes:
        year: calendar year.
        simulated_to: last day of its ledger, as a date; None without a ledger.
        assets: number of assets with a committed chunk.
        chunks: number of committed chunks.
        rows: rows with ids of the year.
        seconds: time that writing the chunks took.
        complete: whether every asset is written to the last day that is over.
        stale: whether a chunk is of another scenario or code.
    """

    year: int
    simulated_to: str | None
    assets: int
    chunks: int
    rows: int
    seconds: float
    complete: bool
    stale: bool

    @property
    def state(self) -> str:
        """The state in a word, with rich's markup."""
        if self.stale:
            return "[yellow]stale[/]"
        if self.complete:
            return "[green]complete[/]"
        return "[yellow]incomplete[/]" if self.chunks else "[dim]not written[/]"


@dataclass(frozen=True)
class Status:
    """The database, the ledgers and the last runs.

    Attributes:
        scenario: its name.
        fingerprint: of the scenario.
        ledgers: the folder or URL of this scenario's ledgers, named by a fingerprint of the scenario's farm and of the
            code that simulates it.
        database: its URL, the password hidden.
        bytes: its size.
        years: the years that are simulated or written.
        fixed_rows: rows whose ids AquaMind fixes; they are of no year.
        last_runs: the latest runs in Dagster; ``dead`` says why a run that is stuck in STARTED is dead.
        release: the release of AquaMind whose tables the database has, or gets.
        made_by_migrations: whether AquaMind's own migrations made the tables; None if there are no rows of the
            platform.
    """

    scenario: str
    fingerprint: str
    ledgers: str
    database: str
    bytes: int
    years: list[YearStatus]
    fixed_rows: int
    last_runs: list[dict[str, str]]
    release: str
    made_by_migrations: bool | None

    @property
    def total_rows(self) -> int:
        """All rows of the platform: the total that ``aquamind run`` prints."""
        return sum(year.rows for year in self.years) + self.fixed_rows

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return vars(self) | {"years": [vars(year) for year in self.years], "total_rows": self.total_rows}


def status_of(settings: Settings) -> Status:
    """Read it from the checkpoints, the manifest, the ledgers and the Dagster instance."""
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.pipeline.prerequisites import complete_years
    from aquamind_assets.pipeline.staleness import is_stale
    from aquamind_assets.timeline import to_date
    from aquamind_assets.warehouse.errors import NothingMaterialized

    platform = Platform(settings)
    simulated = platform.ledgers.years()
    checkpoints: list[Checkpoint] = []
    complete: set[int] = set()
    rows: dict[int, int] = {}
    size = 0
    made_by_migrations: bool | None = None
    with suppress(NothingMaterialized), platform.read() as warehouse:
        checkpoints = warehouse.checkpoints()
        for entry in warehouse.manifest():
            rows[entry.year] = rows.get(entry.year, 0) + entry.rows
        size = warehouse.size_bytes()
        made_by_migrations = warehouse.made_by_migrations()
        complete = complete_years(platform, warehouse, simulated)
    with platform.lock_probe() as is_locked:
        runs = _last_runs(is_locked)
    fixed = rows.pop(0, 0)
    years = sorted({*simulated, *rows, *(checkpoint.year for checkpoint in checkpoints)})
    found = []
    for year in years:
        ours = [checkpoint for checkpoint in checkpoints if checkpoint.year == year]
        ledger = platform.ledgers.store.about(year, "farm")
        found.append(
            YearStatus(
                year=year,
                simulated_to=str(to_date(ledger.through)) if ledger else None,
                assets=len({checkpoint.asset for checkpoint in ours}),
                chunks=len(ours),
                rows=rows.get(year, 0),
                seconds=sum(checkpoint.seconds for checkpoint in ours),
                complete=year in complete,
                stale=any(is_stale(platform, checkpoint) for checkpoint in ours),
            )
        )
    store = platform.ledgers.store
    return Status(
        platform.scenario.name,
        platform.scenario.fingerprint(),
        f"{masked(store.place)}/{store.fingerprint}",
        settings.database_name,
        size,
        found,
        fixed,
        runs,
        platform.release,
        made_by_migrations,
    )


def show(found: Status, console: Console) -> None:
    """Print the years, the last runs, and what to do about dead runs and incomplete years."""
    console.print(
        f"Scenario [bold]{escape(found.scenario)}[/] (fingerprint {found.fingerprint}) in {escape(found.database)},"
        f" {found.bytes / 1e6:,.0f} MB, AquaMind {found.release}; ledgers in {escape(found.ledgers)}",
        highlight=False,
        soft_wrap=True,
    )
    if not found.years:
        console.print("Nothing is simulated or written yet; [bold]aquamind run[/] does both.", highlight=False)
    else:
        print_table(console, _COLUMNS, [_row(year) for year in found.years])
        fixed = f", {found.fixed_rows:,} of them with ids fixed by AquaMind, of no year" if found.fixed_rows else ""
        console.print(f"{found.total_rows:,} rows{fixed}.", highlight=False)
    if found.made_by_migrations is False:
        console.print(
            "[dim]The platform made these tables, so AquaMind's own migrate cannot run on this database. For one that"
            " the application will use, run its migrate first, then aquamind run.[/]",
            highlight=False,
        )
    for run in found.last_runs:
        dead = f", [red]but {escape(run['dead'])}[/]" if run["dead"] else ""
        console.print(
            f"[dim]{run['updated']}[/] {escape(_named(run))}: {run['status'].lower()}{dead}",
            highlight=False,
        )
    if any(run["dead"] for run in found.last_runs):
        console.print(
            "The next [bold]aquamind run[/] or [bold]aquamind reconcile[/] reports dead runs failed; their committed"
            " chunks stay.",
            highlight=False,
        )
    if any(not year.complete and year.chunks for year in found.years):
        console.print("[bold]aquamind run --resume[/] completes the years that are not complete.", highlight=False)


def _row(year: YearStatus) -> tuple[str, ...]:
    return (
        str(year.year),
        year.simulated_to or "·",
        str(year.assets),
        str(year.chunks),
        short(year.rows),
        duration(year.seconds),
        year.state,
    )


def _named(run: dict[str, str]) -> str:
    return f"{run['job']} {run['partition']}".strip()


def _last_runs(lock_held: Callable[[str, int], bool]) -> list[dict[str, str]]:
    """The latest runs; ``dead`` says why a run that is stuck in STARTED is dead, and is ``""`` for all others."""
    from aquamind_assets.assets.jobs import ANY_ASSETS, ONE_YEAR
    from aquamind_assets.assets.partitions import span_of_run

    if not home_of().exists():
        return []
    with open_instance() as instance:
        records = list(instance.get_run_records(limit=SHOWN_RUNS))
        dead = _why_dead(instance, records, lock_held)
    return [
        {
            "run_id": record.dagster_run.run_id,
            "job": {ONE_YEAR: "year", ANY_ASSETS: "assets"}.get(job := record.dagster_run.job_name, job),
            "partition": span_of_run(record.dagster_run),
            "status": record.dagster_run.status.value,
            "updated": f"{record.update_timestamp:%Y-%m-%d %H:%M}",
            "dead": dead.get(record.dagster_run.run_id, ""),
        }
        for record in records
    ]


def _why_dead(
    instance: "dg.DagsterInstance", records: "Sequence[dg.RunRecord]", lock_held: Callable[[str, int], bool]
) -> dict[str, str]:
    """Why each of these runs that is dead is so, by its id."""
    from aquamind_assets.assets.dead_runs import UNDER_WAY, judge_runs

    under_way = [record for record in records if record.dagster_run.status in UNDER_WAY]
    return {run.run_id: run.reason for run in judge_runs(instance, under_way, lock_held) if not run.alive}
