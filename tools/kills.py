"""SIGKILLs at random moments, at scale: whatever dies, the tables end as those of an undisturbed history.

``python -m tools.kills --kills 100`` generates a year of ``tiny`` again and again, on SQLite and on PostgreSQL, by
``aquamind run`` and by Dagster's daemon, and kills one of the processes at work after the other: ``aquamind run``, run
workers, the code server, the daemon, the database server. What a supervisor would start again is started again; what a
person has to do is what docs/operating.md says: the same command again, or the job launched again. When the year is
complete, the rows, the claims and the checkpoints are compared with those of the undisturbed year, and ``aquamind
verify`` must find nothing.

Exit code 1 where something differs. It takes ten seconds a kill or more, so it is no part of the tests.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from aquamind_assets_tests.crashing import ONE_YEAR, ROOT, YEAR, Content, Place, content, differences, kill_tree
from tools.own_server import OwnServer

RUN = ("aquamind_assets", "run", "--years", YEAR, "--quiet")
WORKSPACE = ("--workspace", str(ROOT / "workspace.yaml"))
LAUNCH = ("dagster", "job", "launch", *WORKSPACE, "--job", "one_year", "--tags", f'{{"dagster/partition": "{YEAR}"}}')
DAEMON = ("dagster._daemon", "run", *WORKSPACE)
LONGEST_PAUSE_S = 6.0
"""From the moment at which the next victim is at work until it is killed."""
PATIENCE_S = 300.0
"""A year that is not complete so long after its last kill is a fault, and so is a victim that does not appear."""


class Undertaking:
    """A year under way, by ``aquamind run`` or by the daemon, with whatever must be started again for it."""

    def __init__(self, place: Place, server: OwnServer | None, by_daemon: bool) -> None:
        self.place, self.server, self.by_daemon = place, server, by_daemon
        self._main: subprocess.Popen[bytes] | None = None
        if by_daemon:
            # As the package's own instance file, but for the seconds that a person would wait.
            settings = (
                (ROOT / "dagster.yaml").read_text().replace("poll_interval_seconds: 30", "poll_interval_seconds: 2")
            )
            (place.home / "dagster.yaml").write_text(settings.replace("run_end_seconds: 30", "run_end_seconds: 1"))

    def uphold(self) -> None:
        """Start again what a supervisor or a person starts again."""
        if self.server is not None:
            self.server.start()
        if self._main is not None and self._main.poll() is None:
            if self.by_daemon and all(run.is_finished for run in self.place.runs()):
                self.place.run(*LAUNCH)
            return
        if self.by_daemon:
            self.place.aquamind("reconcile")
        self._main = self.place.start(*(DAEMON if self.by_daemon else RUN))

    @property
    def kinds(self) -> list[str]:
        """What may be killed."""
        kinds = ["daemon", "code server", "run worker"] if self.by_daemon else ["aquamind run"]
        return kinds + (["database server"] if self.server else [])

    def victims(self) -> dict[str, int]:
        """The processes at work, by what they are."""
        found: dict[str, int] = {}
        if self.server is not None:
            found["database server"] = self.server.pid
        if self._main is None or self._main.poll() is not None:
            return found
        found["daemon" if self.by_daemon else "aquamind run"] = self._main.pid
        if self.by_daemon:
            for process in psutil.Process(self._main.pid).children(recursive=True):
                with _gone_is_fine():
                    if "grpc" in process.cmdline():
                        found["code server"] = process.pid
            if (worker := self.place.worker()) is not None and psutil.pid_exists(worker):
                found["run worker"] = worker
        return found

    def is_complete(self, chunks: int) -> bool:
        """Whether every chunk is committed and nothing is under way."""
        if self.place.committed() < chunks:
            return False
        runs = self.place.runs()
        return bool(runs) and runs[0].is_finished

    def end(self) -> None:
        """End every process of this undertaking, those that lost their parent too."""
        if self._main is not None:
            kill_tree(self._main)
        for process in psutil.process_iter():
            with _gone_is_fine():
                if process.environ().get("DAGSTER_HOME") == str(self.place.home):
                    process.kill()
                    process.wait(30)


@contextmanager
def _gone_is_fine() -> Iterator[None]:
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        yield


def disturbed(undertaking: Undertaking, kills: int, chunks: int, chance: random.Random) -> Counter[str]:
    """Generate the year with at most so many kills; how often each kind of process was killed.

    Raises:
        TimeoutError: nothing more happens.
    """
    fallen: Counter[str] = Counter()
    kind, quiet_since = chance.choice(undertaking.kinds), time.monotonic()
    while not undertaking.is_complete(chunks):
        undertaking.uphold()
        time.sleep(0.5)
        if sum(fallen.values()) < kills and kind in undertaking.victims():
            time.sleep(chance.uniform(0.0, LONGEST_PAUSE_S))
            if kind in (victims := undertaking.victims()):
                with _gone_is_fine():
                    psutil.Process(victims[kind]).kill()
                    fallen[kind] += 1
            kind, quiet_since = chance.choice(undertaking.kinds), time.monotonic()
        if time.monotonic() - quiet_since > PATIENCE_S:
            raise TimeoutError(f"waited for {kind} or the end for {PATIENCE_S:.0f} s:\n{undertaking.place.log()}")
    return fallen


def difference(undertaking: Undertaking, undisturbed: Content) -> str:
    """What is not as in the undisturbed year; ``""`` if nothing is."""
    place = undertaking.place
    # The documented step after a crash; it finds dead runs, and nothing to write.
    place.run("aquamind_assets", "run", "--resume", "--years", YEAR, "--quiet")
    differing = differences(place, undisturbed)
    if place.places_in_the_pool():
        differing.append("a place in the pool of writers is held by no run")
    return ", ".join(differing)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100, help="kills in all (default: %(default)s)")
    parser.add_argument("--each", type=int, default=8, help="most kills of one year (default: %(default)s)")
    parser.add_argument(
        "--minutes", type=float, default=60.0, help="begin no further year after (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=20150320, help="of the random moments (default: %(default)s)")
    parser.add_argument("--readings", type=int, default=24, help="readings of a sensor a day (default: %(default)s)")
    given = parser.parse_args()
    settings = f"{ONE_YEAR}; water.readings_per_day={given.readings}"
    chance, began, fallen, wrong, years = random.Random(given.seed), time.monotonic(), Counter[str](), 0, 0
    with tempfile.TemporaryDirectory(prefix="aquamind-kills-", dir="/var/tmp") as folder, OwnServer.made() as server:
        calm = Place(Path(folder) / "undisturbed", settings=settings)
        calm.run(*RUN)
        undisturbed = content(calm.database)
        while sum(fallen.values()) < given.kills and time.monotonic() - began < given.minutes * 60:
            on_server, by_daemon = bool(years % 2), bool(years // 2 % 2)
            place = Place(Path(folder) / f"year-{years}", server.new_database() if on_server else "", settings)
            undertaking = Undertaking(place, server if on_server else None, by_daemon)
            left = given.kills - sum(fallen.values())
            try:
                now = disturbed(undertaking, min(given.each, left), len(undisturbed.checkpoints), chance)
                undertaking.end()
                server.start()
                found = difference(undertaking, undisturbed)
            finally:
                undertaking.end()
            fallen, wrong, years = fallen + now, wrong + bool(found), years + 1
            print(
                f"{time.monotonic() - began:5.0f} s  {'PostgreSQL' if on_server else 'SQLite':<10} "
                f"{'daemon' if by_daemon else 'aquamind run':<12} {sum(now.values()):3} kills"
                f" ({', '.join(f'{kind} {number}' for kind, number in sorted(now.items()))}): {found or 'equal'}",
                flush=True,
            )
            if not found:
                shutil.rmtree(place.folder)
    kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(fallen.items()))
    print(f"{sum(fallen.values())} kills ({kinds}) in {years} years: {wrong} years differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    # A script that is ended puts away what it made, as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    sys.exit(main())
