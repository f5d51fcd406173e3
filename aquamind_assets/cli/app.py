"""The ``aquamind`` command, assembled from its subcommands.

Belongs here: which subcommands there are, and their order in the help. Does not belong here: any subcommand itself.
"""

import io
import sys

import typer

from aquamind_assets.cli import (
    clear,
    days,
    lake,
    prune,
    realism,
    reconcile,
    report,
    run,
    scenario,
    status,
    ui,
    verify,
)
from aquamind_assets.cli.command_line import hide_secrets
from aquamind_assets.cli.exits import CommandGroup
from aquamind_assets.cli.next_steps import print_next_steps

_HELP = (
    "Generate ten believable years of salmon farming in AquaMind's tables: simulate the farm, record its events, look"
    " at the result."
)

app = typer.Typer(
    cls=CommandGroup,
    invoke_without_command=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    epilog="First steps: `aquamind run`, then `aquamind ui`. Every command has its own `--help`.",
)


@app.callback(help=_HELP)
def alone(context: typer.Context) -> None:
    """Without a command: what comes next."""
    if context.invoked_subcommand is None:
        print_next_steps()


for command in (run, days, ui, status, verify, clear, report, reconcile, prune):
    app.add_typer(command.app)
app.add_typer(lake.app, name="lake")
scenario.app.add_typer(realism.app)
app.add_typer(scenario.app, name="scenario")


def main() -> None:
    """Entry point of the ``aquamind`` command.

    A character that the output cannot encode is replaced: a command that did its work must not fail while it says so.
    """
    hide_secrets()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    app()
