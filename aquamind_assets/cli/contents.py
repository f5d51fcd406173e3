"""What the database holds, for the end of ``aquamind run`` and for ``aquamind status``: from the written data alone."""

from dataclasses import dataclass

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from aquamind_assets.cli.formats import short
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.reports.history import read_history
from aquamind_assets.reports.sums import active_by_month
from aquamind_assets.warehouse.warehouse import Warehouse

_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Contents:
    """Rows by asset and year, and the figure ``active_batches`` of each month.

    Attributes:
        rows: rows of each asset (index) in each year (columns) by the year in their ids.
        active: batches alive on the first of each month that is written, indexed by it.
    """

    rows: pd.DataFrame
    active: "pd.Series[int]"

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
    made_by = {table: recorder.asset for recorder in RECORDERS.values() for table in recorder.tables}
    counted = pd.DataFrame(
        [
            {"asset": made_by[entry.table], "year": entry.year, "rows": entry.rows}
            for entry in warehouse.manifest()
            if entry.table in made_by
        ]
    )
    if counted.empty:
        return Contents(pd.DataFrame(), pd.Series(dtype=int))
    rows = counted.pivot_table(index="asset", columns="year", values="rows", aggfunc="sum", fill_value=0, sort=False)
    rows = rows.reindex(index=[asset for asset in RECORDERS if asset in rows.index], columns=sorted(rows.columns))
    years = [int(year) for year in rows.columns if year > 0]
    return Contents(rows, active_by_month(read_history(warehouse, years, ["batches"])))


def show(console: Console, contents: Contents) -> None:
    """Print the table of rows and the line of active batches."""
    if contents.rows.empty:
        console.print("The database holds nothing of the platform yet.")
        return
    console.print(Padding(_table(contents.rows, console.width), (1, 0, 0, 0)))
    console.print(f"{int(contents.rows.to_numpy().sum()):,} rows.", style="bold")
    if len(contents.active):
        console.print(
            f"\nActive batches, every quarter {contents.active.index[0]:%Y} to {contents.active.index[-1]:%Y} (most"
            f" {contents.active.max()}):"
        )
        console.print("  " + sparkline(contents.active.iloc[::3].to_list()))


def _table(rows: pd.DataFrame, width: int) -> Table:
    """Rows of each asset in each year, and of no year where AquaMind fixes the ids; of each group of assets where the
    screen is too narrow for the names."""
    years = [year for year in rows.columns if year]
    fixed = 0 in rows.columns
    shown = [*years, 0] if fixed else years
    narrow = width < max(map(len, rows.index)) + 7 * (len(years) + 1) + 11 * fixed
    if narrow:
        rows = rows.groupby([RECORDERS[asset].group for asset in rows.index], sort=False).sum()
    table = Table(
        title=f"Rows by {'group' if narrow else 'asset'} and year",
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=0,
        show_edge=False,
    )
    table.add_column("", no_wrap=True)
    for year in years:
        table.add_column(str(year), justify="right", no_wrap=True)
    if fixed:
        table.add_column("fixed ids", justify="right", no_wrap=True)
    table.add_column("all", justify="right", style="bold", no_wrap=True)
    for name, counts in rows.iterrows():
        table.add_row(str(name), *(short(counts[year]) if counts[year] else "·" for year in shown), short(counts.sum()))
    table.add_section()
    table.add_row("all", *(short(rows[year].sum()) for year in shown), short(rows.to_numpy().sum()), style="bold")
    return table


def sparkline(values: list[int]) -> str:
    """A bar for each value, the highest one full."""
    most = max(values, default=0) or 1
    return "".join(
        " " if value == 0 else _BARS[min(len(_BARS) - 1, (value * len(_BARS) - 1) // most)] for value in values
    )
