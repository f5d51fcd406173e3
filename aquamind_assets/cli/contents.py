"""What the database holds, for the end of ``aquamind run`` and for ``aquamind status``: from the written data alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from rich.console import Console

from aquamind_assets.cli.formats import short
from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.figures.registry import FIGURES
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.reports.history import read_history
from aquamind_assets.reports.sums import active_by_month
from aquamind_assets.warehouse.warehouse import Warehouse

FIXED = 0
"""Stands for the year of rows whose ids AquaMind fixes."""

_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Contents:
    """Rows by asset and year, and the figure ``active_batches`` of each month.

    Attributes:
        rows: rows of each asset (index) in each year (columns) by the year in their ids.
        groups: the group of each asset.
        active: batches alive on the first of each month that is written, indexed by it.
    """

    rows: pd.DataFrame
    active: "pd.Series[int]"
    groups: Mapping[str, str]

    def as_json(self) -> dict[str, object]:
        """Plain values for JSON output."""
        return {
            "rows": {
                asset: {str(year): int(count) for year, count in counts.items()}
                for asset, counts in self.rows.T.to_dict().items()
            },
            "total_rows": int(self.rows.to_numpy().sum()),
            "active_batches": {f"{month:%Y-%m}": int(count) for month, count in self.active.items()},
        }


def contents_of(warehouse: Warehouse) -> Contents:
    """Read it from the database."""
    recorders = recorders_of(warehouse.release)
    made_by = {table: recorder.asset for recorder in recorders.values() for table in recorder.tables}
    counted = pd.DataFrame(
        [
            {"asset": made_by[entry.table], "year": entry.year, "rows": entry.rows}
            for entry in warehouse.manifest()
            if entry.table in made_by
        ]
    )
    if counted.empty:
        return Contents(pd.DataFrame(), pd.Series(dtype=int), {})
    rows = counted.pivot_table(index="asset", columns="year", values="rows", aggfunc="sum", fill_value=0, sort=False)
    rows = rows.reindex(index=[asset for asset in recorders if asset in rows.index], columns=sorted(rows.columns))
    years = [int(year) for year in rows.columns if year > 0]
    groups = {asset: recorder.group for asset, recorder in recorders.items()}
    return Contents(rows, active_by_month(read_history(warehouse, years, ["batches"])), groups)


def show(console: Console, contents: Contents) -> None:
    """Print the table of rows and the line of active batches."""
    if contents.rows.empty:
        console.print("The database holds no rows of the platform.")
        return
    console.print()
    _show_rows(console, contents.rows, contents.groups)
    console.print(f"{int(contents.rows.to_numpy().sum()):,} rows.", style="bold")
    if len(contents.active):
        first, last = contents.active.index[0], contents.active.index[-1]
        title = FIGURES["active_batches"].title
        console.print(f"\n{title}, every quarter {first:%Y} to {last:%Y} (most {contents.active.max()}):")
        console.print("  " + sparkline(contents.active.iloc[::3].to_list()))


def _show_rows(console: Console, rows: pd.DataFrame, groups: Mapping[str, str]) -> None:
    """Rows of each asset in each year; of each group of assets where the screen is too narrow for the names."""
    years = [year for year in rows.columns if year]
    narrow = console.width < max(map(len, rows.index)) + 7 * (len(years) + 2)
    if narrow:
        rows = rows.groupby([groups[asset] for asset in rows.index], sort=False).sum()
    fixed = [Column("fixed ids", right=True)] if FIXED in rows.columns else []
    columns = [
        Column(f"rows by {'group' if narrow else 'asset'}"),
        *(Column(str(year), right=True) for year in years),
        *fixed,
        Column("all", right=True),
    ]
    shown = [*years, *([FIXED] if fixed else [])]
    lines = [
        [str(name), *(short(counts[year]) if counts[year] else "·" for year in shown), short(counts.sum())]
        for name, counts in rows.iterrows()
    ]
    total = ["all", *(short(rows[year].sum()) for year in shown), short(rows.to_numpy().sum())]
    print_table(console, columns, [*lines, total], total=True)


def sparkline(values: list[int]) -> str:
    """A bar for each value, the highest one full."""
    most = max(values, default=0) or 1
    return "".join(
        " " if value == 0 else _BARS[min(len(_BARS) - 1, (value * len(_BARS) - 1) // most)] for value in values
    )
