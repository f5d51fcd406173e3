"""What commands print, and where: results and remarks to the standard output, errors to the error output.

Belongs here: the streams, JSON, questions. Does not belong here: tables (``tables``), numbers and years in words
(``formats``).
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.errors import UserError
from aquamind_assets.masking import masked

if TYPE_CHECKING:
    from pathlib import Path


class NotConfirmed(UserError):
    """A question without a terminal to answer it, as in a script; the message names the option that answers it."""


def console_for(quiet: bool, as_json: bool) -> Console:
    """The console for progress and remarks; it prints nothing for scripts."""
    return Console(stderr=as_json, quiet=quiet or as_json)


def print_result(document: Any, as_json: bool, show: Callable[[], object]) -> None:
    """Print a result: as one JSON document, or as ``show`` does."""
    if as_json:
        typer.echo(json.dumps(document, indent=2, default=str))
    else:
        show()


@contextmanager
def shown_work(console: Console, text: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done while the block runs, beginning with ``text``: on one line that changes, or, where the
    output is no terminal, as lines of standard error, so that the output is the result alone. The block is given a
    function that takes the next text."""
    if console.is_terminal:
        with console.status(escape(text)) as status:
            yield lambda text: status.update(escape(text))
        return
    lines = Console(stderr=True, quiet=console.quiet)
    lines.print(text, markup=False, highlight=False, soft_wrap=True)
    yield lambda text: lines.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def streams_given_back() -> Iterator[None]:
    """Let the standard streams lead to where they led before, however the block ends. During a run Dagster has them
    lead to files in DAGSTER_HOME, and leaves them so where it cannot write what these still lack: on a full disk no
    message would reach anyone."""
    kept = {number: os.dup(number) for number in _numbers_of_streams()}
    try:
        yield
    finally:
        for number, copy in kept.items():
            os.dup2(copy, number)
            os.close(copy)


def _numbers_of_streams() -> Iterator[int]:
    """The file descriptors of the standard streams that have one."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            os.fstat(stream.fileno())
            yield stream.fileno()


def print_error(text: str) -> None:
    """Print what went wrong, secrets hidden."""
    Console(stderr=True).print(f"[bold red]aquamind:[/] {escape(masked(text))}", highlight=False, soft_wrap=True)


def print_log_path(path: "Path", console: Console) -> None:
    """Print where the log file is, on one line that can be copied."""
    console.print(f"[dim]Log: {escape(str(path))}[/]", highlight=False, soft_wrap=True)


def confirmed(question: str) -> bool:
    """Ask on the error output, so that JSON stays alone on the standard output; whether the answer is yes.

    Raises:
        NotConfirmed: the input ends before an answer.
    """
    typer.echo(f"{question} [y/N]: ", nl=False, err=True)
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        typer.echo(err=True)
        raise NotConfirmed("there is no answer, so nothing was done; --yes answers the question") from None
