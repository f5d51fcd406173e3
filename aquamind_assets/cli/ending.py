"""How a run ends: the table, what went wrong, where to look next, and the exit code."""

import json
import sys

from rich.console import Console

from aquamind_assets.cli.contents import contents_of, show
from aquamind_assets.cli.report import show as show_reports
from aquamind_assets.cli.report import write_reports_of
from aquamind_assets.cli.run import RunSummary
from aquamind_assets.cli.verify import judge_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings


def finish(outcome: RunSummary, settings: Settings, console: Console, as_json: bool, *, judged: bool = False) -> int:
    """Say what came of it; 0 complete, 1 a year failed or (if the laws are ``judged`` once more) one is broken, 130
    stopped."""
    with Platform(settings).open() as warehouse:
        contents = contents_of(warehouse)
        size = warehouse.size_bytes()
    done = not (outcome.stopped or outcome.failed)
    reports = write_reports_of(settings, outcome.years, console) if done and outcome.runs else []
    verdict = judge_years(settings, outcome.years, console) if done and judged else None
    if as_json:
        runs = [
            {"year": run.year, "run_id": run.run_id, "success": run.success, "failures": list(run.failures)}
            for run in outcome.runs
        ]
        paths = [str(report.html) for report in reports]
        document = {
            "runs": runs,
            "stopped": outcome.stopped,
            "database_bytes": size,
            "reports": paths,
            **contents.as_json(),
        }
        print(json.dumps(document | ({"verdict": verdict.as_json()} if verdict else {}), indent=2))
    if outcome.stopped:
        console.print(
            "Stopped at a chunk border; everything committed stays. Go on with [bold]aquamind run --resume[/]."
        )
        return 130
    if outcome.failed:
        said = "\n".join(outcome.failed.failures) or "see the run in the user interface"
        Console(stderr=True).print(
            f"[bold red]{outcome.failed.year} failed[/] (run {outcome.failed.run_id}):\n{said}\nThe same command goes"
            " on from there.",
            highlight=False,
        )
        return 1
    if not outcome.runs:
        console.print("Every year is complete; nothing to do.")
    console.print()
    show(console, contents)
    console.print(f"\nDatabase: {settings.database_name}, {size / 1e6:,.0f} MB.", highlight=False)
    if reports:
        console.print("Reports:")
        show_reports(reports, console)
    if verdict is not None:
        verdict.show(console)
    console.print(
        "Look at it: [bold]aquamind ui[/] opens the graph, the runs and every year's figures at http://127.0.0.1:3000",
        highlight=False,
    )
    sys.stdout.flush()
    return 0 if verdict is None or verdict.sound else 1
