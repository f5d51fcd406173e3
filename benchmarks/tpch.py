"""The fastest open generator of another field: ``tpchgen-cli`` writes TPC-H's table ``lineitem`` to Parquet.

The package is optional (the extra ``benchmarks``); without it, a note takes the place of its lines.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.measured import LINEITEM_1, LINEITEM_2, TPCHGEN, Measured
from benchmarks.processes import ProcessTree, Watch

MISSING = f"{TPCHGEN} is not installed: `pip install 'aquamind-assets[benchmarks]'` adds its lines."


def command() -> str | None:
    """The path of ``tpchgen-cli``, beside this interpreter or in the search path; None if it is not installed."""
    beside = Path(sys.executable).parent / TPCHGEN
    return str(beside) if beside.exists() else shutil.which(TPCHGEN)


def lineitem(scale: float, repeats: int, folder: Path) -> list[Measured]:
    """``lineitem`` written by one and by two threads, the best of some repetitions each; nothing without the package.

    Args:
        scale: TPC-H's scale factor: 1 is six million rows.
        repeats: how often each is done, in turn.
        folder: where the file is written; it is deleted.
    """
    program = command()
    if program is None:
        return []
    found: dict[str, list[Measured]] = {LINEITEM_1: [], LINEITEM_2: []}
    path = folder / "lineitem.parquet"
    for _ in range(repeats):
        for threads, what in enumerate(found, start=1):
            options = ["--scale-factor", f"{scale:g}", "--tables", "lineitem", "--num-threads", str(threads)]
            # The lake's compression.
            options += ["--compression", "ZSTD(1)", "--output-dir", str(folder), "--overwrite", "--quiet"]
            words = [program, "parquet", *options]

            with subprocess.Popen(words) as process, Watch([own := ProcessTree(process.pid)]) as watch:
                process.wait()
            if process.returncode:
                raise subprocess.CalledProcessError(process.returncode, words)
            rows, size = pq.read_metadata(path).num_rows, path.stat().st_size
            found[what].append(Measured(TPCHGEN, what, rows, watch.seconds, own.seconds, None, watch.peak_mb, size))
    path.unlink()
    return [min(runs, key=lambda run: run.seconds) for runs in found.values()]
