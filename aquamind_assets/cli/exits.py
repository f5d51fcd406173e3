"""How a command ends: its exit code, and the message of what went wrong.

Every subcommand ends here, for the group of all commands wraps them. Belongs here: which failure gives which code. Does
not belong here: the failures themselves (``aquamind_assets.errors``), the log file (``logfile``).
"""

import errno
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from aquamind_assets.cli.output import print_error
from aquamind_assets.errors import Interrupted, TransientError, UserError
from aquamind_assets.masking import masked

DONE = 0
FAILED = 1
"""A year failed, something differs, a law is violated, or the program has a fault."""
USER_ERROR = 2
"""A person can do something about it; the message says what. Also what a usage error ends with."""
INTERRUPTED = 130
"""Ctrl-C or SIGTERM."""

EXPECTED = (UserError, TransientError)
"""Failures of which the message says all; they have no stack trace."""


class CommandGroup(TyperGroup):
    """Commands of which each ends with one of the exit codes above, and with one message where it failed."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        with ended_with_code():
            return super().invoke(ctx)


@contextmanager
def ended_with_code() -> Iterator[None]:
    """Turn what a command raises into a message and an exit code.

    A fault of the program is shown with its stack trace; a command with a log file (:mod:`logfile`) writes it there
    instead.

    Raises:
        typer.Exit: with the code.
    """
    try:
        yield
    except typer.Exit:
        raise
    except TyperException as error:
        error.message = masked(error.message)
        raise
    except EXPECTED as error:
        print_error(str(error))
        raise typer.Exit(USER_ERROR) from None
    except (KeyboardInterrupt, Interrupted, typer.Abort):
        print_error("interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            # The reader of the output is gone, such as `head`; Typer ends quietly then.
            raise
        print_error(f"this is a fault of the program; please report it\n{traceback.format_exc()}")
        raise typer.Exit(FAILED) from None
