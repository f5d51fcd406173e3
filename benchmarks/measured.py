"""What was measured, as text of 80 columns and as JSON."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from textwrap import fill

from aquamind_assets.tables.releases import DEFAULT_RELEASE, tables_of
from benchmarks.processes import ProcessTree, Watch
from benchmarks.source import READINGS

PREPARED, PIPELINE = "prepared", "pipeline"
COPY_PREPARED, COPY_PIPELINE = "COPY alone, prepared", "COPY alone, pipeline"
ONE_WORKER, TWO_WORKERS = "1 worker", "2 workers"
LINEITEM_1, LINEITEM_2 = "lineitem, 1 thread", "lineitem, 2 threads"
TPCHGEN = "tpchgen-cli"

WIDTH = 80
"""Columns of the screen."""

LINEITEM_COLUMNS = 16
"""Columns of TPC-H's table ``lineitem``."""

YARDSTICKS = {
    PIPELINE: PREPARED,
    COPY_PIPELINE: COPY_PREPARED,
    TWO_WORKERS: ONE_WORKER,
    LINEITEM_2: LINEITEM_1,
}
"""What a line is divided by: rows a second by rows a second, of the same rows in the same run."""


@dataclass(frozen=True)
class Measured:
    """One line: what was done, and what it took.

    Attributes:
        database: kind of database, or the generator.
        what: what was done.
        rows: rows that were loaded.
        seconds: wall time.
        client_seconds: processor time of this process and its workers.
        server_seconds: processor time of all the server's processes; None if there are none or they are out of sight.
        peak_mb: the most memory that all of these were seen to hold together.
        stored_bytes: bytes that the rows take up afterwards, with their indexes; None if the database does not tell.
    """

    database: str
    what: str
    rows: int
    seconds: float
    client_seconds: float
    server_seconds: float | None
    peak_mb: float
    stored_bytes: int | None = None

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / max(self.seconds, 1e-9)

    @property
    def processor_microseconds(self) -> float:
        """Processor time of a row, client and server together."""
        return (self.client_seconds + (self.server_seconds or 0.0)) / max(1, self.rows) * 1e6

    @property
    def cells(self) -> int:
        """Values in a row."""
        return LINEITEM_COLUMNS if self.database == TPCHGEN else len(tables_of(DEFAULT_RELEASE)[READINGS].columns)


def measure(
    database: str,
    what: str,
    server: ProcessTree | None,
    work: Callable[[], int],
    stored_bytes: Callable[[], int | None] = lambda: None,
) -> Measured:
    """Do the work once; it returns the rows that it loaded."""
    own = ProcessTree(os.getpid())
    with Watch([own, *([server] if server else [])]) as watch:
        rows = work()
    used = max(0.0, own.seconds - watch.looking_seconds)
    served = server.seconds if server else None
    return Measured(database, what, rows, watch.seconds, used, served, watch.peak_mb, stored_bytes())


def ratio_of(line: Measured, lines: Iterable[Measured]) -> float | None:
    """The rate of a line divided by that of its yardstick; None where there is none."""
    for other in lines:
        if line.rows and other.database == line.database and other.what == YARDSTICKS.get(line.what):
            return line.rate / other.rate
    return None


def text_of(lines: Sequence[Measured], notes: Sequence[str]) -> str:
    """The lines as one table for each database, then the comparison with tpchgen-cli and the notes."""
    blocks = [_table([line for line in lines if line.database == name], lines) for name in _databases(lines)]
    blocks += [_cells(lines)] if any(line.database == TPCHGEN for line in lines) else []
    return "\n\n".join([*blocks, *(fill(note, WIDTH) for note in notes)]) + "\n"


def json_of(lines: Sequence[Measured], notes: Sequence[str]) -> str:
    """The same as JSON, unrounded, with the ratio of each line."""
    shown = [
        asdict(line)
        | {
            "rows_per_second": line.rate,
            "processor_microseconds_per_row": line.processor_microseconds,
            "cells_per_row": line.cells,
            "ratio": ratio_of(line, lines),
            "yardstick": YARDSTICKS.get(line.what),
        }
        for line in lines
    ]
    return json.dumps({"measurements": shown, "notes": list(notes)}, indent=2)


def _databases(lines: Iterable[Measured]) -> list[str]:
    return list(dict.fromkeys(line.database for line in lines))


_LAYOUT = "{:<20} {:>10} {:>9} {:>6} {:>6} {:>6} {:>5} {:>5} {:>5}"


def _table(shown: Sequence[Measured], lines: Sequence[Measured]) -> str:
    head = _LAYOUT.format(shown[0].database, "rows", "rows/s", "µs/row", "client", "server", "B/row", "MB", "ratio")
    return "\n".join([head, *(_row(line, ratio_of(line, lines)).rstrip() for line in shown)])


def _row(line: Measured, ratio: float | None) -> str:
    if not line.rows:
        return f"{line.what:<20} {line.seconds * 1e3:.1f} ms"

    def each(seconds: float | None) -> str:
        return "-" if seconds is None else _short(seconds / line.rows * 1e6, 2)

    stored = "-" if line.stored_bytes is None else _short(line.stored_bytes / line.rows, 1)
    return _LAYOUT.format(
        line.what,
        f"{line.rows:,}",
        f"{line.rate:,.0f}",
        each(line.seconds),
        each(line.client_seconds),
        each(line.server_seconds),
        stored,
        f"{line.peak_mb:,.0f}",
        "" if ratio is None else f"{ratio:.2f}",
    )


def _short(value: float, decimals: int) -> str:
    """A number with these decimals, or whole where it is so large that they would not fit its column."""
    return f"{value:.{decimals if value < 1000 else 0}f}"


def _cells(lines: Sequence[Measured]) -> str:
    """Processor time of a row and a cell beside those of tpchgen-cli's ``lineitem``."""
    lineitem = next(line for line in lines if line.database == TPCHGEN)
    layout = "{:<33} {:>7} {:>7} {:>13} {:>13}"
    head = layout.format("processor time, all processes", "µs/row", "µs/cell", "row/lineitem", "cell/lineitem")
    found = [head]
    other = lineitem.processor_microseconds
    for line in lines:
        if line.what in (PIPELINE, LINEITEM_1):
            row = line.processor_microseconds
            cell = row / line.cells
            found.append(
                layout.format(
                    f"{line.database}, {line.what}",
                    f"{row:.2f}",
                    f"{cell:.3f}",
                    f"{row / other:.2f}",
                    f"{cell / (other / lineitem.cells):.2f}",
                )
            )
    return "\n".join(found)
