"""``aquamind status``: what is there, and in what shape."""

from collections.abc import Callable
from dataclasses import dataclass

import dagster as dg
from rich.console import Console
from rich.table import Table

from aquamind_assets.assets.dead_runs import liveness_of
from aquamind_assets.assets.jobs import ONE_YEAR
from aquamind_assets.cli.home import make_home
from aquamind_assets.cli.progress_bar import duration, short
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.prerequisites import complete_years
from aquamind_assets.pipeline.staleness import is_stale
from aquamind_assets.settings import Settings
from aquamind_assets.timeline import to_date
from aquamind_assets.warehouse.checkpoints import Checkpoint
from aquamind_assets.warehouse.errors import NothingMaterialized


@dataclass(frozen=True)
class YearStatus:
    """One year: how far it is simulated and recorded."""

    year: int
    ledger_through: str | None
    assets: int
    chunks: int
    rows: int
    seconds: float
    complete: bool
    other_scenario: bool


@dataclass(frozen=True)
class Status:
    """The database and the ledgers as they are."""

    scenario: str
    fingerprint: str
    database: str
    bytes: int
    years: list[YearStatus]
    last_runs: list[dict[str, str]]

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return vars(self) | {"years": [vars(year) for year in self.years]}

    def show(self, console: Console) -> None:
        """Print it."""
        console.print(
            f"Scenario [bold]{self.scenario}[/] ({self.fingerprint}) in {self.database}, {self.bytes / 1e6:,.0f} MB",
            highlight=False,
        )
        table = Table(show_edge=False, pad_edge=False)
        for column in ("year", "simulated to"):
            table.add_column(column)
        for column in ("assets", "chunks", "rows", "written in"):
            table.add_column(column, justify="right")
        table.add_column("")
        for one in self.years:
            state = (
                "[yellow]another scenario[/]"
                if one.other_scenario
                else (
                    "[green]complete[/]"
                    if one.complete
                    else "[dim]not recorded[/]"
                    if not one.chunks
                    else "[yellow]unfinished[/]"
                )
            )
            table.add_row(
                str(one.year),
                one.ledger_through or "·",
                str(one.assets),
                str(one.chunks),
                short(one.rows),
                duration(one.seconds),
                state,
            )
        console.print(table)
        for run in self.last_runs:
            dead = f", [red]but {run['dead']}[/]" if run["dead"] else ""
            console.print(
                f"[dim]{run['ended']}[/] {run['job']} {run['partition']}: {run['status'].lower()}{dead}",
                highlight=False,
            )
        if any(run["dead"] for run in self.last_runs):
            console.print(
                "The next [bold]aquamind run[/] or [bold]aquamind reconcile[/] reports them failed; what they committed"
                " stays.",
                highlight=False,
            )
        if any(not one.complete and one.chunks for one in self.years):
            console.print("Go on with [bold]aquamind run --resume[/].", highlight=False)


def status_of(settings: Settings) -> Status:
    """Read it from the checkpoints, the ledgers and the Dagster instance."""
    platform = Platform(settings)
    checkpoints: list[Checkpoint] = []
    complete: set[int] = set()
    size = 0
    simulated = platform.ledgers.years()
    try:
        with platform.read() as warehouse:
            checkpoints = warehouse.checkpoints()
            complete = complete_years(platform, warehouse, simulated)
            size = warehouse.size_bytes()
            runs = _last_runs(warehouse.is_locked)
    except NothingMaterialized:
        runs = _last_runs(lambda asset, year: False)
    years = sorted({*simulated, *(checkpoint.year for checkpoint in checkpoints)})
    found = []
    for year in years:
        ours = [checkpoint for checkpoint in checkpoints if checkpoint.year == year]
        ledger = platform.ledgers.store.about(year, "farm")
        found.append(
            YearStatus(
                year=year,
                ledger_through=str(to_date(ledger.through)) if ledger else None,
                assets=len({checkpoint.asset for checkpoint in ours}),
                chunks=len(ours),
                rows=sum(checkpoint.rows for checkpoint in ours),
                seconds=sum(checkpoint.seconds for checkpoint in ours),
                complete=year in complete,
                other_scenario=any(is_stale(platform, checkpoint) for checkpoint in ours),
            )
        )
    return Status(platform.scenario.name, platform.scenario.fingerprint(), settings.database_name, size, found, runs)


def _last_runs(lock_held: Callable[[str, int], bool], count: int = 5) -> list[dict[str, str]]:
    """The latest runs; ``dead`` says why nobody can be working on a run that counts as started, ``""`` for all
    others."""
    make_home()
    with dg.DagsterInstance.get() as instance:
        records = instance.get_run_records(limit=count)
    return [
        {
            "run_id": record.dagster_run.run_id,
            "job": record.dagster_run.job_name if record.dagster_run.job_name != ONE_YEAR else "year",
            "partition": record.dagster_run.tags.get("dagster/partition", ""),
            "status": record.dagster_run.status.value,
            "ended": f"{record.update_timestamp:%Y-%m-%d %H:%M}",
            "dead": _dead(record, lock_held),
        }
        for record in records
    ]


def _dead(record: dg.RunRecord, lock_held: Callable[[str, int], bool]) -> str:
    if record.dagster_run.status not in (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING):
        return ""
    verdict = liveness_of(record, lock_held)
    return "" if verdict.alive else verdict.reason
