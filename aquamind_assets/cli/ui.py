"""``aquamind ui``: Dagster's web server and daemon, as one child process."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from threading import Thread
from typing import Annotated

import typer
from rich.console import Console

from aquamind_assets.cli.exits import DONE
from aquamind_assets.cli.home import WORKSPACE, make_home, open_instance
from aquamind_assets.cli.options import (
    Changes,
    Database,
    KeepPassword,
    LedgerPlace,
    Preset,
    ReleaseName,
    ScenarioFile,
    print_origins,
    settings_of,
)
from aquamind_assets.cli.reconcile import reconcile_runs
from aquamind_assets.cli.served_pages import address, served
from aquamind_assets.cli.years import UsageError
from aquamind_assets.errors import TransientError, UserError
from aquamind_assets.settings import Settings

ENDS = (signal.SIGINT, signal.SIGTERM)
HIGHEST_PORT = 65535

app = typer.Typer()


@app.command(epilog="`aquamind ui` · `aquamind ui --port 3333`")
def ui(
    port: Annotated[int, typer.Option(min=1, max=HIGHEST_PORT, help="Port on this machine.")] = 3000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    database: Database = None,
    ledger: LedgerPlace = None,
    release: ReleaseName = None,
    keep_password: KeepPassword = False,
) -> None:
    """Start Dagster's user interface and its daemon on the data of the last run. Ctrl-C stops them."""
    settings = settings_of(preset, scenario, changes, database, ledger, release=release)
    print_origins(Console(), settings)
    raise typer.Exit(serve(settings, host, port, keep_password=keep_password))


def serve(settings: Settings, host: str, port: int, *, keep_password: bool = False) -> int:
    """Run them until they end, or until Ctrl-C or SIGTERM; their exit code, 0 if they were asked to end.

    Raises:
        UsageError: the address cannot be listened on.
        UserError: the scenario, the ledgers or DAGSTER_HOME cannot be used.
    """
    settings = settings.settled()
    settings.load_scenario()
    _require_address(host, port)
    home = make_home()
    with open_instance():
        settings.note(home, with_password=keep_password)
    for line in _dead_runs(settings):
        print(line)
    print(f"Opening {address(host, port)}; Ctrl-C stops it.", flush=True)
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "--workspace",
        str(home / WORKSPACE),
        "--host",
        host,
        "--port",
        str(port),
        "--log-level",
        "error",
        "--code-server-log-level",
        "error",
    ]
    # `dagster dev` warns that it is superseded by a command of a package that is not needed here.
    environment = {"PYTHONWARNINGS": "ignore"} | os.environ | settings.as_environment()
    from aquamind_assets.reports.pages import PAGES_URL, folder_of

    with served(folder_of(settings).absolute(), host, port + 1) as pages:
        ready = f"Ready: {address(host, port)}. Pages of reports: {pages}"
        return _run_dagster(command, environment | {PAGES_URL: pages}, lambda: _answers(host, port), ready)


def _run_dagster(
    command: Sequence[str], environment: Mapping[str, str], answers: Callable[[], bool], ready: str
) -> int:
    """Run Dagster until it ends, or until Ctrl-C or SIGTERM; print ``ready`` once it answers. Return the exit code."""
    asked = False

    def end(number: int, frame: object) -> None:
        nonlocal asked
        asked = True

    # Handlers are set before the child exists: it may inherit from our parent that SIGINT is ignored.
    before = {number: signal.signal(number, end) for number in ENDS}
    child = subprocess.Popen(
        command,
        env=environment,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    printing = Thread(target=_print_without_debugging, args=(child.stdout,), daemon=True)
    printing.start()
    waiting = True
    try:
        while child.poll() is None:
            try:
                child.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                if asked:
                    child.send_signal(signal.SIGINT)
                    child.wait()
                elif waiting and answers():
                    waiting = False
                    print(ready, flush=True)
        # The last lines say why it ended; a process that it left behind may hold its output open.
        printing.join(timeout=5)
        return DONE if asked else int(child.returncode)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_without_debugging(lines: Iterable[str]) -> None:
    """Print what the child prints, but for the events of runs: they are in the user interface."""
    for line in lines:
        if " - dagster - DEBUG - " not in line and " - dagster - INFO - " not in line:
            print(line, end="", flush=True)


def _answers(host: str, port: int) -> bool:
    """Whether the web server answers."""
    with suppress(OSError), urllib.request.urlopen(f"{address(host, port)}/server_info", timeout=2):
        return True
    return False


def _require_address(host: str, port: int) -> None:
    """Check that the web server can listen there.

    Raises:
        UsageError: the host is unknown, or the port is taken or reserved.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
    except OSError as error:
        raise UsageError(f"--host {host} --port {port}: {error.strerror or error}; choose another one") from None


def _dead_runs(settings: Settings) -> Iterator[str]:
    """A line for each dead run, which is reported failed; a line that says why, where that cannot be found out."""
    try:
        under_way = reconcile_runs(settings)
    except (UserError, TransientError) as error:
        yield f"Dead runs are not looked for: {error}"
        return
    for run in under_way:
        if not run.alive:
            yield (
                f"Dead run {run.run_id[:8]} of {run.partition or run.job} reported failed ({run.reason}). Run it again:"
                " it resumes from the committed chunks."
            )
