"""SIGKILLs at random moments, at scale: whatever dies, the tables end as those of an undisturbed history.

``python -m tools.kills --kills 100`` generates a year of ``tiny`` again and again, on SQLite and on PostgreSQL, by
``aquamind run`` and by Dagster's daemon, and kills processes at work: ``aquamind run``, run workers, the code server,
the daemon, the database server. The moments lie anywhere in the life of the year, at the start of a process too; at
some of them several processes are killed at once. What a supervisor would start again is started again; what a
person has to do is what docs/operating.md says: the same command again, or the job launched again, after
``aquamind reconcile`` where no process was left. When the year has succeeded, the rows, the claims and the checkpoints
are compared with those of the undisturbed year, and ``aquamind verify`` must find nothing.

Each moment is printed with what was killed and how many chunks were committed by then. Exit code 1 where something
differs. It takes ten seconds of processor time a kill, so it is no part of the tests.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import psutil

from aquamind_assets_tests.crashing import (
    ONE_YEAR,
    ROOT,
    WORKSPACE,
    YEAR,
    Content,
    Place,
    Running,
    content,
    differences,
    kill_tree,
)
from tools.forked import Forked, prepare
from tools.own_server import OwnServer

RUN = ("aquamind_assets", "run", "--years", YEAR, "--quiet")
LAUNCH = ("dagster", "job", "launch", *WORKSPACE, "--job", "one_year", "--tags", f'{{"dagster/partition": "{YEAR}"}}')
DATABASES = ("SQLite", "PostgreSQL")
WAYS = ("daemon", "aquamind run")
UNDER_WAY = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)
LONGEST_PAUSE_S = 4.0
"""From the moment at which the next victims are at work until they are killed."""
MOST_VICTIMS = (1, 1, 1, 2, 2, 4)
"""How many kinds of processes are killed at one moment, each number equally likely."""
RETRY_S = 30.0
"""For so long Dagster may take to retry a run that has failed; then the job is launched again."""
PATIENCE_S = 900.0
"""A year in which nothing is committed for so long is a fault, and so is a victim that does not appear."""

Tally = Counter[str]
"""How often each kind of process was killed."""


class Undertaking:
    """A year under way, by ``aquamind run`` or by the daemon, with whatever must be started again for it."""

    def __init__(self, place: Place, server: OwnServer | None, by_daemon: bool) -> None:
        self.place, self.server, self.by_daemon = place, server, by_daemon
        self._main: Running | None = None
        self._finished_since: float | None = None
        self._left_since: float | None = None
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
            if self.by_daemon:
                self._launch_what_is_not_retried()
                self._reconcile_what_is_left()
            return
        if not self.by_daemon:
            self._main = Forked(RUN[1:], self.place.folder, self.place.environment, self.place.folder / "log.txt")
            return
        if self._latest(UNDER_WAY) and self._worker() is None:
            self.place.aquamind("reconcile")
        self._main = self.place.start_daemon()

    def _launch_what_is_not_retried(self) -> None:
        runs = self.place.runs()
        now = time.monotonic()
        if runs and not runs[0].is_finished:
            self._finished_since = None
        elif not runs or (self._finished_since is not None and now - self._finished_since > RETRY_S):
            self.place.run(*LAUNCH)
            self._finished_since = None
        elif self._finished_since is None:
            self._finished_since = now

    def _reconcile_what_is_left(self) -> None:
        """Do as a person who sees that nothing works on a run which counts as started: its code server, which would
        have reported its end, may have been killed with it."""
        if not self._latest(UNDER_WAY) or self._worker() is not None:
            self._left_since = None
        elif self._left_since is None:
            self._left_since = time.monotonic()
        elif time.monotonic() - self._left_since > RETRY_S:
            self.place.aquamind("reconcile")
            self._left_since = None

    def _latest(self, statuses: Collection[dg.DagsterRunStatus]) -> bool:
        """Whether there is a run, and the latest one has one of the statuses."""
        return any(run.status in statuses for run in self.place.runs()[:1])

    def _worker(self) -> int | None:
        worker = self.place.worker()
        if worker is not None:
            with _gone_is_fine():
                # A killed process stays in the list until its new parent has taken note.
                if psutil.Process(worker).status() != psutil.STATUS_ZOMBIE:
                    return worker
        return None

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
            if (worker := self._worker()) is not None:
                found["run worker"] = worker
        return found

    def is_complete(self, chunks: int) -> bool:
        """Whether every chunk is committed and the latest run has succeeded."""
        return self.place.committed() >= chunks and self._latest([dg.DagsterRunStatus.SUCCESS])

    def end(self) -> None:
        """End every process of this undertaking, those that lost their parent too."""
        if self._main is not None:
            kill_tree(self._main)
        killed = []
        for process in psutil.process_iter():
            with _gone_is_fine():
                if process.environ().get("DAGSTER_HOME") == str(self.place.home):
                    process.kill()
                    killed.append(process)
        psutil.wait_procs(killed, timeout=30)


@contextmanager
def _gone_is_fine() -> Iterator[None]:
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        yield


@dataclass(frozen=True)
class Moment:
    """When to kill, and what.

    Attributes:
        kinds: the processes that are killed at once.
        chunks: not before so many are committed; as many as there are already for the start of a process.
    """

    kinds: frozenset[str]
    chunks: int


def draw(undertaking: Undertaking, committed: int, step: int, most: int, chance: random.Random) -> Moment:
    """The next moment: on average ``step`` chunks later, every fourth one without waiting for a commit."""
    kinds = undertaking.kinds
    number = min(chance.choice(MOST_VICTIMS), len(kinds), most)
    later = 0 if chance.random() < 0.25 else chance.randint(1, 2 * step)
    return Moment(frozenset(chance.sample(kinds, number)), committed + later)


def disturbed(
    undertaking: Undertaking, kills: int, until: float, chunks: int, chance: random.Random, fallen: Tally
) -> None:
    """Generate the year with at most so many kills, none after ``until``, and count them by what was killed.

    Raises:
        TimeoutError: nothing more happens.
    """
    step = max(1, chunks // max(1, kills))
    moment, seen, quiet_since = draw(undertaking, 0, step, kills, chance), 0, time.monotonic()
    while not undertaking.is_complete(chunks):
        undertaking.uphold()
        time.sleep(1.0)
        committed = undertaking.place.committed()
        if committed > seen:
            seen, quiet_since = committed, time.monotonic()
        left = kills - fallen.total() if time.monotonic() < until else 0
        if left and committed >= moment.chunks and moment.kinds <= set(undertaking.victims()):
            time.sleep(chance.uniform(0.0, LONGEST_PAUSE_S))
            victims = undertaking.victims()
            killed = sorted(moment.kinds & set(victims))
            for kind in killed:
                with _gone_is_fine():
                    psutil.Process(victims[kind]).kill()
                    fallen[kind] += 1
            print(f"        {committed:4} of {chunks} chunks: {' + '.join(killed) or 'ended meanwhile'}", flush=True)
            moment = draw(undertaking, committed, step, max(1, left - len(killed)), chance)
            quiet_since = time.monotonic()
        if time.monotonic() - quiet_since > PATIENCE_S:
            raise TimeoutError(f"waited for {moment} or the end for {PATIENCE_S:.0f} s:\n{undertaking.place.log()}")


def difference(undertaking: Undertaking, undisturbed: Content) -> str:
    """What is not as in the undisturbed year; ``""`` if nothing is."""
    place = undertaking.place
    differing = differences(place, undisturbed)
    if place.places_in_the_pool():
        differing.append("a place in the pool of writers is held by no run")
    return ", ".join(differing)


def one_year(
    undertaking: Undertaking, kills: int, until: float, undisturbed: Content, chance: random.Random
) -> tuple[Tally, str]:
    """Generate a year with at most so many kills, none after the instant ``until``; what was killed, and what is not as
    in the undisturbed year."""
    fallen: Tally = Counter()
    try:
        disturbed(undertaking, kills, until, len(undisturbed.checkpoints), chance, fallen)
        undertaking.end()
        if undertaking.server is not None:
            undertaking.server.start()
        return fallen, difference(undertaking, undisturbed)
    except (TimeoutError, AssertionError) as error:
        return fallen, f"{type(error).__name__}: {error}"
    finally:
        undertaking.end()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100, help="kills in all (default: %(default)s)")
    parser.add_argument("--each", type=int, default=12, help="most kills of one year (default: %(default)s)")
    parser.add_argument(
        "--minutes",
        type=float,
        default=60.0,
        help="after so many kill no more, complete the year and compare it (default: %(default)s)",
    )
    parser.add_argument("--database", choices=DATABASES, action="append", help="may be given twice (default: both)")
    parser.add_argument("--by", choices=WAYS, action="append", help="may be given twice (default: both)")
    parser.add_argument("--seed", type=int, default=20150320, help="of the random moments (default: %(default)s)")
    parser.add_argument("--readings", type=int, default=6, help="readings of a sensor a day (default: %(default)s)")
    given = parser.parse_args()
    settings = ONE_YEAR.replace("readings_per_day=24", f"readings_per_day={given.readings}")
    chance, began, differing = random.Random(given.seed), time.monotonic(), 0
    until = began + given.minutes * 60
    databases = given.database or DATABASES
    ways = [(database, by) for by in given.by or WAYS for database in databases]
    tally: Counter[tuple[str, str, str]] = Counter()
    years: Counter[tuple[str, str]] = Counter()
    with (
        tempfile.TemporaryDirectory(prefix="aquamind-kills-", dir="/var/tmp") as folder,
        OwnServer.made() if "PostgreSQL" in databases else nullcontext() as server,
    ):
        prepare()
        calm = Place(Path(folder) / "undisturbed", settings=settings)
        calm.run(*RUN)
        undisturbed = content(calm.database)
        while tally.total() < given.kills and time.monotonic() < until:
            database, by = ways[years.total() % len(ways)]
            own = server if database == "PostgreSQL" else None
            place = Place(Path(folder) / f"year-{years.total()}", own.new_database() if own else "", settings)
            undertaking = Undertaking(place, own, by == "daemon")
            kills = min(given.each, given.kills - tally.total())
            fallen, found = one_year(undertaking, kills, until, undisturbed, chance)
            years[database, by] += 1
            tally.update({(database, by, kind): number for kind, number in fallen.items()})
            kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(fallen.items()))
            print(
                f"{time.monotonic() - began:5.0f} s  {database}, {by}: {fallen.total()} kills ({kinds}):"
                f" {found or 'equal'}",
                flush=True,
            )
            if found:
                differing += 1
                shutil.move(place.folder, f"/var/tmp/aquamind-differs-{place.folder.name}-{os.getpid()}")
            else:
                shutil.rmtree(place.folder)
    for (database, by), number in sorted(years.items()):
        kinds = ", ".join(
            f"{kind} {tally[database, by, kind]}" for *way, kind in sorted(tally) if way == [database, by]
        )
        print(f"{database}, {by}: {number} years, {kinds}")
    print(f"{tally.total()} kills in {years.total()} years: {differing} years differ")
    return 1 if differing else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    # A script that is ended puts away what it made, as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    sys.exit(main())
