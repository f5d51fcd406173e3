"""Power cuts: every moment of a run, as a disk would hold it after one, resumes to the tables of an undisturbed run.

``python -m tools.power_cuts --cuts 12`` makes a small disk (ext4 on a loop device), lets ``aquamind run`` generate a
year of ``tiny`` with everything on it (database, ledgers, DAGSTER_HOME; for PostgreSQL the server's data too), and
takes images of the device meanwhile, spread over the chunks of the year. An image holds what had been written to the
device at one moment, and not what still stood in memory: exactly what a power cut leaves. Then each image is mounted
in the disk's place, as after a restart, and ``aquamind run`` resumes there: rows, claims and checkpoints must equal
those of the undisturbed year, and ``aquamind verify`` must find nothing.

For the time of a copy all processes that write are stopped, and a copy during which the device was written is taken
again: so an image is of one moment. Not tried is a device that loses or reorders writes of its own cache which no flush
has followed; that would need dm-log-writes.

Needs root and loop devices. Exit code 1 where something differs.
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import psutil

from aquamind_assets_tests.crashing import ONE_YEAR, YEAR, Content, Place, content, differences, kill_tree
from tools.own_server import OwnServer

RUN = ("aquamind_assets", "run", "--years", YEAR, "--quiet")
DISK_BYTES = 1 << 30
KINDS = ("SQLite", "PostgreSQL", "lake")
LONGEST_PAUSE_S = 0.5
"""From a chunk's commit until an image is taken."""
MOST_COPIES = 20
"""Copies that are tried until the device was not written meanwhile."""


class Disk:
    """An image file that is mounted as a disk of its own, always in the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()

    @staticmethod
    def make(image: Path) -> None:
        """An empty file system; nothing of it is left to be written later."""
        with image.open("wb") as file:
            file.truncate(DISK_BYTES)
        _do("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(image))

    @contextmanager
    def mounted(self, image: Path) -> Iterator[Path]:
        """The device, as long as the block runs; the image is mounted, which repairs it as after a power cut."""
        device = _do("losetup", "--find", "--show", str(image)).strip()
        try:
            _do("mount", device, str(self.folder))
            try:
                yield Path(device)
            finally:
                _do("umount", str(self.folder))
        finally:
            _do("losetup", "--detach", device)


def _do(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def take(image: Path, device: Path, to: Path, writers: Sequence[psutil.Process]) -> None:
    """Copy the image as it is at one moment, while its writers stand still.

    Raises:
        TimeoutError: the device was written during every copy.
    """
    counts = Path("/sys/block") / device.name / "stat"
    for process in writers:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        for _ in range(MOST_COPIES):
            before = counts.read_text().split()
            _do("cp", "--sparse=always", str(image), str(to))
            after = counts.read_text().split()
            # Writes that are done, and requests that are under way.
            if before[4] == after[4] and before[8] == after[8] == "0":
                return
        raise TimeoutError(f"{device} was written during {MOST_COPIES} copies")
    finally:
        for process in writers:
            with suppress(psutil.NoSuchProcess):
                process.resume()


def tree(number: int) -> list[psutil.Process]:
    """A process and all below it, the parent first."""
    try:
        first = psutil.Process(number)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


class Trial:
    """One database: the run whose moments are kept, and the resumption of each."""

    def __init__(self, folder: Path, kind: str, settings: str, undisturbed: Content) -> None:
        self._disk = Disk(folder / "disk")
        self._images = folder / "images"
        self._images.mkdir()
        self._on_server, self._settings, self._undisturbed = kind == "PostgreSQL", settings, undisturbed
        self._database = f"parquet:///{self._disk.folder}/farm/lake" if kind == "lake" else ""

    def keep_moments(self, cuts: int, chance: random.Random) -> list[tuple[Path, int]]:
        """Images of a run, each with how many chunks were seen committed before it was taken: at random, but one of
        each equal share of the chunks, from before the first one to after the last one."""
        image = self._images / "whole.img"
        Disk.make(image)
        kept: list[tuple[Path, int]] = []
        chunks = len(self._undisturbed.checkpoints)
        moments = [int(chunks * (number + chance.random()) / cuts) for number in range(cuts)]
        with self._disk.mounted(image) as device, self._server() as server:
            self._database = server.new_database() if server else self._database
            place = self._place()
            command = place.start(*RUN)
            try:
                for number, after in enumerate(moments, start=1):
                    while command.poll() is None and place.committed() < after:
                        time.sleep(0.05)
                    time.sleep(chance.uniform(0.0, LONGEST_PAUSE_S))
                    to, seen = self._images / f"cut-{number}.img", place.committed()
                    take(image, device, to, tree(command.pid) + (tree(server.pid) if server else []))
                    kept.append((to, seen))
            finally:
                kill_tree(command)
        image.unlink()
        return kept

    def resume(self, image: Path) -> tuple[int, str]:
        """Resume from an image; how many committed chunks the image held, and what is not as in the undisturbed year
        afterwards, ``""`` if nothing is."""
        with self._disk.mounted(image):
            # After a restart no server runs, but a process may have its number; and the wheel's own bookkeeping of who
            # uses the server is written without a flush.
            for name in ("postmaster.pid", ".handle_pids.json"):
                (self._disk.folder / "postgresql" / name).unlink(missing_ok=True)
            with self._server():
                place = self._place()
                held = place.committed()
                try:
                    place.run(*RUN)
                    return held, ", ".join(differences(place, self._undisturbed))
                except AssertionError as error:
                    return held, f"resuming failed: {error}"

    def _place(self) -> Place:
        return Place(self._disk.folder / "farm", self._database, self._settings)

    @contextmanager
    def _server(self) -> Iterator[OwnServer | None]:
        with OwnServer.made(self._disk.folder / "postgresql") if self._on_server else nullcontext() as server:
            yield server


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=12, help="images for each database (default: %(default)s)")
    parser.add_argument("--database", choices=KINDS, action="append", help="may be given repeatedly (default: all)")
    parser.add_argument("--seed", type=int, default=20150320, help="of the random moments (default: %(default)s)")
    parser.add_argument("--readings", type=int, default=6, help="readings of a sensor a day (default: %(default)s)")
    given = parser.parse_args()
    settings = ONE_YEAR.replace("readings_per_day=24", f"readings_per_day={given.readings}")
    chance, cuts, wrong = random.Random(given.seed), 0, 0
    with tempfile.TemporaryDirectory(prefix="aquamind-power-", dir="/var/tmp") as name:
        folder = Path(name)
        calm = Place(folder / "undisturbed", settings=settings)
        calm.run(*RUN)
        undisturbed = content(calm.database)
        for kind in given.database or KINDS:
            (folder / kind).mkdir()
            trial = Trial(folder / kind, kind, settings, undisturbed)
            for image, seen in trial.keep_moments(given.cuts, chance):
                held, found = trial.resume(image)
                cuts, wrong = cuts + 1, wrong + bool(found)
                print(
                    f"{kind:<10} {image.stem:<7} {held:4} of {len(undisturbed.checkpoints)} chunks committed in the"
                    f" image ({seen} seen before it was taken): {found or 'equal'}",
                    flush=True,
                )
                if found:
                    shutil.copy(image, Path("/var/tmp") / f"aquamind-{kind}-{image.name}")
                image.unlink()
    print(f"{cuts} power cuts, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    # A script that is ended puts away what it made, as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    sys.exit(main())
