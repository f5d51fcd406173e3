"""``aquamind ui``: Dagster's web server and daemon, as one child process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

from aquamind_assets.cli.home import WORKSPACE, make_home
from aquamind_assets.cli.run import reconcile_runs
from aquamind_assets.errors import TransientError, UserError
from aquamind_assets.settings import Settings

ENDS = (signal.SIGINT, signal.SIGTERM)


def serve(settings: Settings, host: str, port: int) -> int:
    """Run them until they end, or until Ctrl-C or SIGTERM; their exit code, 0 if they were asked to end."""
    settings = settings.settled()
    settings.load_scenario()
    home = make_home()
    settings.note(home)
    for line in _dead_runs(settings):
        print(line)
    print(f"Opening http://{host}:{port} in a few seconds; Ctrl-C closes it.", flush=True)
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
    ]
    asked = False

    def end(number: int, frame: object) -> None:
        nonlocal asked
        asked = True

    # Handlers are set before the child is there: whoever started us may have let it inherit that SIGINT is ignored.
    before = {number: signal.signal(number, end) for number in ENDS}
    # `dagster dev` warns that it is superseded by a command of a package that nobody needs here.
    environment = {"PYTHONWARNINGS": "ignore"} | os.environ | settings.as_environment()
    child = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        while child.poll() is None:
            try:
                child.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                if asked:
                    child.send_signal(signal.SIGINT)
                    child.wait()
        return 0 if asked else int(child.returncode)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _dead_runs(settings: Settings) -> Iterator[str]:
    """What is to be said of runs that died since somebody last looked; they are reported failed. Without a database
    nobody can tell."""
    try:
        verdicts = reconcile_runs(settings)
    except (UserError, TransientError) as error:
        yield f"Runs that have died are not looked for: {error}"
        return
    for run in verdicts:
        if not run.alive:
            yield (
                f"Run {run.run_id[:8]} of {run.partition or run.job} had died ({run.reason}); reported failed. Run"
                " again, it goes on from there."
            )
