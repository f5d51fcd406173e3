"""The report of a session or of the whole history: a JSON document and one HTML file that needs nothing else.

Belongs here: which figures, plots and tables, and putting them into the page. Does not belong here: reading tables (``months``, ``details``).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pandas as pd
from jinja2 import Environment, StrictUndefined, select_autoescape

from aquamind_assets.reports import details, months, plots
from aquamind_assets.warehouse.base import Warehouse

WIDE = (10.0, 3.0)
DOTS = 110


@dataclass(frozen=True)
class Picture:
    """A plot of the page, and a sentence that says how to read it."""

    title: str
    png: bytes
    reading: str

    @property
    def uri(self) -> str:
        """All of it, for an ``img`` element."""
        return plots.data_uri(self.png)


@dataclass(frozen=True)
class Report:
    """Everything the page shows.

    Attributes:
        title: title of the page.
        years: the years it covers.
        facts: name to value, the page's headline figures.
        yearly: a row for each year.
        monthly: a row for each month, columns of :data:`months.MONTHLY_COLUMNS`.
        rows: rows of each table in each year.
        pictures: the plots.
    """

    title: str
    years: list[int]
    facts: dict[str, str]
    yearly: pd.DataFrame
    monthly: pd.DataFrame
    rows: pd.DataFrame
    pictures: list[Picture]


def report(warehouse: Warehouse, years: Sequence[int], title: str) -> Report | None:
    """Read and draw the report of these years from the database; None if none of them has rows.

    Years without rows are left out.
    """
    manifest = warehouse.manifest()
    there = {entry.year for entry in manifest if entry.table == "batch_mortalityevent"}
    chosen = [year for year in years if year in there]
    if not chosen:
        return None
    monthly = months.months(warehouse, chosen)
    counted = pd.DataFrame([{"table": entry.table, "year": entry.year, "rows": entry.rows} for entry in manifest if entry.year in chosen])
    rows = counted.pivot_table(index="table", columns="year", values="rows", fill_value=0, aggfunc="sum")
    yearly = _yearly(warehouse, monthly, chosen)
    return Report(title, chosen, _facts(warehouse, monthly, chosen, int(counted["rows"].sum())), yearly, monthly, rows, _pictures(warehouse, monthly, chosen))


def as_json(report: Report) -> str:
    """Figures without pictures, with months as ``YYYY-MM``."""
    monthly = report.monthly.set_axis(report.monthly.index.strftime("%Y-%m"))
    document = {
        "title": report.title,
        "years": report.years,
        "facts": report.facts,
        "yearly": _plain(report.yearly),
        "monthly": _plain(monthly),
        "meanings": months.MONTHLY_COLUMNS,
        "rows": {str(table): {str(year): int(count) for year, count in counts.items()} for table, counts in report.rows.T.to_dict().items()},
    }
    return json.dumps(document, indent=1, allow_nan=False)


def as_html(report: Report) -> str:
    """The page; plots are inside it."""
    environment = Environment(autoescape=select_autoescape(default=True), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((resources.files("aquamind_assets.reports") / "page.html.j2").read_text("utf-8"))
    yearly = [(year, [_shown(value) for value in row]) for year, row in zip(report.yearly.index, report.yearly.itertuples(index=False), strict=True)]
    rows = [(table, [f"{int(count):,}" for count in counts]) for table, counts in zip(report.rows.index, report.rows.itertuples(index=False), strict=True)]
    return template.render(report=report, yearly_columns=list(report.yearly.columns), yearly=yearly, row_years=list(report.rows.columns), rows=rows)


def write(report: Report, folder: Path, name: str) -> tuple[Path, Path]:
    """Write ``<name>.html`` and ``<name>.json`` into a folder; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    page, document = folder / f"{name}.html", folder / f"{name}.json"
    page.write_text(as_html(report), "utf-8")
    document.write_text(as_json(report), "utf-8")
    return page, document


def _facts(warehouse: Warehouse, monthly: pd.DataFrame, years: list[int], rows: int) -> dict[str, str]:
    facts = {
        "Rows": f"{rows:,}",
        "Active batches, least to most": f"{int(monthly['active_batches'].min())} to {int(monthly['active_batches'].max())}",
        "Most biomass": f"{monthly['biomass_t'].max():,.0f} t",
        "Harvested": f"{monthly['harvested_t'].sum():,.0f} t, {monthly['harvested_fish'].sum():,.0f} fish",
        "Feed": f"{monthly['feed_t'].sum():,.0f} t for {monthly['feed_cost_keur'].sum() / 1000:,.1f} million EUR",
    }
    done = months.generation(warehouse, years)
    if done is not None:
        facts |= {
            "Batches completed": f"{done.batches}, after {done.days:,.0f} days",
            "Survival, egg to harvest": f"{done.survival_pct:.1f} %",
            "Survival, sea transfer to harvest": f"{done.sea_survival_pct:.1f} %",
            "Mean weight at harvest": f"{done.harvest_weight_kg:.2f} kg",
            "Economic FCR": f"{done.economic_fcr:.2f}",
        }
    return facts | {
        "Treatments": f"{monthly['lice_and_disease_treatments'].sum():,.0f}, and {monthly['vaccinations'].sum():,.0f} vaccinations",
        "Diagnoses": f"{monthly['diagnoses'].sum():,.0f}",
        "Lice counts above the limit": f"{100 * monthly['counts_above_limit'].mean():.1f} %",
    }


def _yearly(warehouse: Warehouse, monthly: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    lines = []
    for year in years:
        one = monthly[monthly.index.year == year]
        done = months.generation(warehouse, [year])
        lines.append(
            {
                "active batches": int(one["active_batches"].iloc[-1]),
                "biomass, t": one["biomass_t"].iloc[-1],
                "feed, t": one["feed_t"].sum(),
                "harvested, t": one["harvested_t"].sum(),
                "batches completed": done.batches if done else 0,
                "survival, %": done.survival_pct if done else None,
                "sea survival, %": done.sea_survival_pct if done else None,
                "harvest weight, kg": done.harvest_weight_kg if done else None,
                "economic FCR": done.economic_fcr if done else None,
                "deaths": int(one["deaths"].sum()),
                "treatments": int(one["lice_and_disease_treatments"].sum()),
                "diagnoses": int(one["diagnoses"].sum()),
                "adult females/fish": one["adult_females"].mean(),
            }
        )
    return pd.DataFrame(lines, index=pd.Index(years, name="year"))


def _pictures(warehouse: Warehouse, monthly: pd.DataFrame, years: list[int]) -> list[Picture]:
    def line(columns: dict[str, str], title: str, unit: str, limit: float | None = None) -> bytes:
        return plots.lines({name: monthly[column] for column, name in columns.items()}, title, unit, limit=limit, size=WIDE, dpi=DOTS)

    pictures = [
        Picture(
            "Active batches",
            line({"active_batches": "active batches"}, "Active batches on the first of each month", "batches"),
            "Staggered starts keep the farm filled.",
        ),
        Picture("Biomass", line({"biomass_t": "biomass"}, "Biomass at the end of each month", "tonnes"), "What stands in the water; harvest takes from it."),
        Picture(
            "Feed and harvest",
            line({"feed_t": "feed given", "harvested_t": "harvested"}, "Feed given and fish harvested by month", "tonnes"),
            "Feed follows warmth and biomass.",
        ),
        Picture(
            "Lice",
            line({"adult_females": "adult females a fish"}, "Adult female lice a fish, mean of the counts of each month", "lice/fish", limit=months.LICE_LIMIT),
            "The dashed line is the limit above which a farm must act.",
        ),
        Picture(
            "Deaths",
            plots.bars(monthly[["deaths"]], "Dead fish by month", "fish", WIDE, DOTS),
            "Peaks are transfers, outbreaks and storms; the tables say which.",
        ),
    ]
    last = years[-1]
    growth = details.growth_of_batches(warehouse, last)
    if growth:
        drawn = plots.lines(growth, f"Sampled mean weight by batch, {last}", "kg", size=WIDE, dpi=DOTS)
        pictures.append(Picture("Growth", drawn, "Each line is a batch; steeper when the water is warm."))
    cage = details.lousiest_cage(warehouse, last)
    if cage is not None:
        name, females, treated = cage
        drawn = plots.dots_and_marks(
            females, treated, f"Adult female lice a fish in {name}, {last}", "lice/fish", "treatment", limit=months.LICE_LIMIT, size=WIDE, dpi=DOTS
        )
        pictures.append(Picture("One cage", drawn, "The cage that needed most treatment in the last year: counts, and the days it was treated."))
    return pictures


def _plain(frame: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    return {str(index): {str(name): None if pd.isna(value) else round(float(value), 4) for name, value in row.items()} for index, row in frame.iterrows()}


def _shown(value: float | None) -> str:
    if value is None or pd.isna(value):
        return "–"
    number = float(value)
    return f"{number:,.0f}" if number == int(number) or abs(number) >= 100 else f"{number:.2f}"
