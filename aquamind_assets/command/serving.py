"""``aquamind ui``: Dagster's web server and daemon, as one child process."""

import os
import signal
import subprocess
import sys

from aquamind_assets.command.home import make_home
from aquamind_assets.settings import Settings


def serve(settings: Settings, host: str, port: int) -> int:
    """Run them until they end or somebody presses Ctrl-C; their exit code."""
    settings.load_scenario()
    home = make_home()
    settings.note(home)
    print(f"Opening http://{host}:{port} in a few seconds; Ctrl-C closes it.", flush=True)
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "--module-name",
        "aquamind_assets.definitions",
        "--host",
        host,
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]
    child = subprocess.Popen(command, env=os.environ | settings.as_environment() | {"PYTHONWARNINGS": "ignore"})
    before = signal.signal(signal.SIGTERM, lambda *_: child.send_signal(signal.SIGTERM))
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.send_signal(signal.SIGINT)
        child.wait()
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
