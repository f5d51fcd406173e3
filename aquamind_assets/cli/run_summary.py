"""The end of ``aquamind run`` and ``aquamind days``: what was generated, what failed, where to look, the exit code."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.execution import Execution
from aquamind_assets.cli.exits import DONE, FAILED, INTERRUPTED
from aquamind_assets.cli.output import shown_work
from aquamind_assets.masking import masked
from aquamind_assets.settings import Settings

if TYPE_CHECKING:
    from aquamind_assets.cli.contents import Contents
    from aquamind_assets.reports.pages import Written
    from aquamind_assets.verification.outcomes import Verification


def finish(
    execution: Execution, settings: Settings, console: Console, as_json: bool, *, check_laws: bool = False
) -> int:
    """List the reports of completed sessions, check the laws if asked to, and print the summary; the exit code: 0
    complete, 1 a year failed or a law is violated, 130 interrupted."""
    from aquamind_assets.cli.contents import contents_of
    from aquamind_assets.cli.report import reports_of
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.verification.verify import check_years

    with Platform(settings).open() as warehouse:
        contents, size = contents_of(warehouse), warehouse.size_bytes()
    completed = not (execution.interrupted or execution.failed)
    reports = reports_of(settings, execution.years) if completed and execution.runs else []
    checked = None
    if completed and check_laws:
        with shown_work(console, "Checking the laws") as update:
            checked = check_years(Platform(settings), execution.years, update)
    if as_json:
        print(json.dumps(_document(execution, contents, size, reports, checked), indent=2))
    if execution.interrupted:
        console.print(
            "Interrupted after a whole chunk; everything committed stays. Continue with [bold]aquamind run --resume[/]."
        )
        return INTERRUPTED
    if execution.failed:
        print_failure(execution)
        return FAILED
    _print_contents(execution, settings, contents, size, reports, checked, console)
    return DONE if checked is None or checked.sound else FAILED


def _document(
    execution: Execution, contents: "Contents", size: int, reports: "list[Written]", checked: "Verification | None"
) -> dict[str, Any]:
    document = {
        "runs": [
            {"year": run.year, "run_id": run.run_id, "success": run.success, "failures": list(run.failures)}
            for run in execution.runs
        ],
        "interrupted": execution.interrupted,
        "existing_rows": [asdict(meeting) for meeting in execution.met],
        "database_bytes": size,
        "reports": [str(report.html) for report in reports],
        **contents.as_json(),
    }
    return document | ({"verification": checked.as_json()} if checked else {})


def print_failure(execution: Execution) -> None:
    """Print why an execution failed, on standard error."""
    assert execution.failed is not None
    reason = "\n".join(execution.failed.failures) or "see the run in the user interface"
    Console(stderr=True).print(
        f"[bold red]{execution.failed.year} failed[/] (run {execution.failed.run_id}):\n{escape(masked(reason))}\nThe"
        " same command resumes from the committed chunks.",
        highlight=False,
        soft_wrap=True,
    )


def _print_contents(
    execution: Execution,
    settings: Settings,
    contents: "Contents",
    size: int,
    reports: "list[Written]",
    checked: "Verification | None",
    console: Console,
) -> None:
    from aquamind_assets.cli.contents import show
    from aquamind_assets.cli.report import show as show_reports
    from aquamind_assets.cli.verify_output import show as show_verification

    if not execution.runs:
        console.print("Every year is complete already; nothing was written.")
    console.print()
    show(console, contents)
    console.print(
        f"\nDatabase: {escape(settings.database_name)}, {size / 1e6:,.0f} MB.", highlight=False, soft_wrap=True
    )
    if reports:
        console.print("Reports:")
        show_reports(reports, console)
    if checked is not None:
        show_verification(checked, console)
    console.print(
        "[bold]aquamind ui[/] shows the asset graph, the runs and the figures of every year at http://127.0.0.1:3000",
        highlight=False,
    )
    sys.stdout.flush()
