"""Tables that fit the screen without losing a column or a digit.

A table that is too wide gets its headings broken, then its columns split into several tables below each other, each of
which begins with the first column.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

GAP = 2
"""Blanks between two columns."""

WIDEST_WORD = 24
"""A column that may be wrapped is not made narrower than its longest word, or than this."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        heading: its heading.
        right: whether its cells stand at the right, as numbers do.
        wraps: whether a long cell may take several lines; other cells are shown whole.
    """

    heading: str
    right: bool = False
    wraps: bool = False


def print_table(
    console: Console, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, total: bool = False
) -> None:
    """Print a table of cells with rich's markup; with ``total`` the last row is set off as the sum of the others."""
    blocks = list(_blocks(columns, rows, console.width))
    for number, block in enumerate(blocks):
        if number:
            console.print()
        console.print(
            _table([columns[place] for place in block], [[row[place] for place in block] for row in rows], total)
        )


def _blocks(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> Iterator[list[int]]:
    """Positions of the columns of each table."""
    least = [_least_width(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    block: list[int] = [0]
    for place in range(1, len(columns)):
        if len(block) > 1 and sum(least[other] + GAP for other in block) + least[place] > width:
            yield block
            block = [0]
        block.append(place)
    yield block


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]], total: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), show_edge=False, pad_edge=False)
    for place, column in enumerate(columns):
        least = _least_width(column, [row[place] for row in rows])
        table.add_column(
            column.heading,
            justify="right" if column.right else "left",
            min_width=None if column.wraps else least,
            overflow="fold",
        )
    for number, row in enumerate(rows):
        if total and number + 1 == len(rows):
            table.add_section()
        table.add_row(*row, style="bold" if total and number + 1 == len(rows) else None)
    return table


def _least_width(column: Column, cells: Sequence[str]) -> int:
    """The width below which something of the column would be lost, in cells of the screen."""
    heading = max(map(cell_len, column.heading.split()), default=0)
    shown = [Text.from_markup(cell).plain for cell in cells]
    if column.wraps:
        longest = max((cell_len(word) for cell in shown for word in cell.split()), default=0)
        return max(heading, min(longest, WIDEST_WORD))
    return max([heading, *map(cell_len, shown)])
