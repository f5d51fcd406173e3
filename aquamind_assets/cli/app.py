"""The ``aquamind`` command, assembled from its subcommands.

Belongs here: which subcommands there are, and their order in the help. Does not belong here: any subcommand itself.
"""

import gc
import io
import sys

import typer

from aquamind_assets.cli import (
    clear,
    days,
    lake,
    live,
    prune,
    realism,
    reconcile,
    report,
    run,
    scenario,
    status,
    tasks,
    tell,
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


for command in (run, days, live, ui, status, verify, clear, report, tasks, reconcile, prune):
    app.add_typer(command.app)
app.add_typer(lake.app, name="lake")
scenario.app.add_typer(realism.app)
scenario.app.add_typer(tell.app)
app.add_typer(scenario.app, name="scenario")


GARBAGE_AFTER = 10_000
"""New objects after which Python looks for garbage: its own 700 have it look through all that the imports make, several
times over."""


def main() -> None:
    """Entry point of the ``aquamind`` command.

    A character that the output cannot encode is replaced: a command that did its work must not fail while it says so.
    """
    gc.set_threshold(GARBAGE_AFTER)
    hide_secrets()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    app()
