"""Reading and writing a table of weeks, a CSV file with named columns.

Belongs here: the file, and what in it cannot be used. Does not belong here: the meaning of columns (``columns``).
"""

import csv
import difflib
import io
import math
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources
from pathlib import Path

import pandas as pd

from aquamind_assets.durable_files import replace_file, usable
from aquamind_assets.errors import UserError
from aquamind_assets.realism.tell.columns import CAGE, COLUMNS, KEYS, NAMES, REQUIRED, SITE, WEEK

MISSING = ("", "na", "nan", "null")
"""What stands for a value that is missing, in any case of letters."""
MOST_LINES = 2_000_000


EXAMPLE = "example"
"""Name that stands for the table of the package."""
EXAMPLE_ORIGIN = "simulated weeks of the preset demo with seed 20150122, 2015 to 2018; not of a real farm"


class TableUnusable(UserError):
    """A table of weeks that cannot be used; the message names line, column, value and what is allowed."""


def read_table(path: Path) -> pd.DataFrame:
    """Return the table of a CSV file.

    Its first line names the columns: ``site``, ``week`` (any day of the week, as in 2019-03-25), ``cage`` for weeks of
    cages, and any of :data:`~aquamind_assets.realism.tell.columns.COLUMNS`. Values may be missing.

    Returns:
        Rows sorted by their keys; ``week`` is the Monday (datetime64), ``site`` and ``cage`` are text, the others
        float64 with nan for missing values.

    Raises:
        FileUnusable: the file cannot be read.
        TableUnusable: the table is not as described.
    """
    with usable("the reference table", path):
        content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableUnusable(f"{path}: is not UTF-8 text; allowed: a CSV file in UTF-8") from None
    lines = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    try:
        columns = [name.strip() for name in next(lines, [])]
        _check_columns(path, columns)
        rows = [_row(f"{path}, line {number}", columns, line) for number, line in _numbered(path, lines)]
    except csv.Error as error:
        raise TableUnusable(f"{path}, line {lines.line_num}: {error}; allowed: a CSV file") from None
    if not rows:
        raise TableUnusable(f"{path}: no rows; allowed: a line for each week")
    table = pd.DataFrame(rows, columns=columns)
    table[WEEK] = pd.to_datetime(table[WEEK])
    keys = [name for name in KEYS if name in columns]
    twice = table[table.duplicated(keys)]
    if len(twice):
        named = ", ".join(f"{name} {_shown(twice.iloc[0][name])}" for name in keys)
        raise TableUnusable(f"{path}: {named} comes twice; allowed: one line for each {', '.join(keys)}")
    return table.sort_values(keys, ignore_index=True)


def read_reference(name: str) -> pd.DataFrame:
    """Return the table of a CSV file, or the package's own if the name is :data:`EXAMPLE`.

    Raises:
        FileUnusable: the file cannot be read.
        TableUnusable: the table is not as :func:`read_table` describes.
    """
    if name != EXAMPLE:
        return read_table(Path(name))
    with resources.as_file(resources.files("aquamind_assets.realism.tell") / "example.csv") as path:
        return read_table(path)


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table as such a file, numbers with six significant digits.

    Raises:
        FileUnusable: the file cannot be written.
    """
    with usable("the table", path):
        replace_file(path, table.to_csv(index=False, float_format="%.6g", date_format="%Y-%m-%d", lineterminator="\n"))


def _check_columns(path: Path, columns: list[str]) -> None:
    allowed = f"allowed are {', '.join((*KEYS, *NAMES))}"
    for name in columns:
        if name not in (*KEYS, *NAMES):
            near = difflib.get_close_matches(name, (*KEYS, *NAMES), n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise TableUnusable(f"{path}, line 1: unknown column {name!r}{hint}; {allowed}")
        if columns.count(name) > 1:
            raise TableUnusable(f"{path}, line 1: column {name!r} comes twice; allowed: once")
    for name in REQUIRED:
        if name not in columns:
            raise TableUnusable(f"{path}, line 1: there is no column {name!r}; {allowed}")
    if not set(columns) & set(NAMES):
        raise TableUnusable(f"{path}, line 1: no measured column; allowed are {', '.join(NAMES)}")


def _numbered(path: Path, lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, start=2):
        if number > MOST_LINES:
            raise TableUnusable(f"{path}, line {number}: allowed: at most {MOST_LINES:,} lines")
        if line:
            yield number, line


def _row(place: str, columns: list[str], line: list[str]) -> list[str | float | date]:
    if len(line) != len(columns):
        raise TableUnusable(f"{place}: {len(line)} values; allowed: {len(columns)}, as many as columns")
    return [_value(place, name, text.strip()) for name, text in zip(columns, line, strict=True)]


def _value(place: str, name: str, text: str) -> str | float | date:
    if name in (SITE, CAGE):
        if not text:
            raise TableUnusable(f"{place}: {name} is empty; allowed: a name")
        return text
    if name == WEEK:
        try:
            day = date.fromisoformat(text)
            return day - timedelta(days=day.weekday())
        except (ValueError, OverflowError):
            raise TableUnusable(f"{place}: {WEEK} {text!r}; allowed: a date as in 2019-03-25") from None
    if text.lower() in MISSING:
        return math.nan
    column = COLUMNS[NAMES.index(name)]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not column.low <= value <= column.high:
        raise TableUnusable(
            f"{place}: {name} {text!r}; allowed: {column.low:g} to {column.high:,.10g} ({column.unit}), or empty"
        )
    return value


def _shown(value: object) -> str:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)
