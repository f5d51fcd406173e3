"""A report over some years: every figure, table and chart of it, made from the written rows.

Belongs here: putting together what ``accounts`` and ``closeups`` give, and the report as JSON. Does not belong here:
HTML (``page``), files (``cli``).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from aquamind_assets.figures.figure import Figure
from aquamind_assets.figures.registry import FIGURES
from aquamind_assets.realism.targets import Comparison
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.reports import charts, closeups
from aquamind_assets.reports.accounts import Accounts
from aquamind_assets.reports.drawing import Chart
from aquamind_assets.tables.releases import Release
from aquamind_assets.timeline import to_date
from aquamind_assets.warehouse.warehouse import Warehouse

STAGES_DRAWN = ("Adult", "Post-Smolt", "Smolt", "Parr", "Fry")
"""Stages from the bottom of the chart up, the heaviest first; eggs and alevins are not fed."""


@dataclass(frozen=True)
class Span:
    """Years that a report is about, and what they are called."""

    name: str
    title: str
    years: tuple[int, ...]

    @property
    def file_name(self) -> str:
        """Name of the report's files without their ending."""
        first, last = self.years[0], self.years[-1]
        return f"{self.name}_{first}" if first == last else f"{self.name}_{first}-{last}"


@dataclass(frozen=True)
class Drawing:
    """A chart with its heading and a sentence on what is seen; ``wide`` takes the page's width."""

    heading: str
    caption: str
    chart: Chart
    wide: bool = True


@dataclass(frozen=True)
class Report:
    """Everything a report contains.

    Attributes:
        span: which years.
        farm: what the farm is, in a line.
        through: last day written, ``YYYY-MM-DD``; empty if nothing is.
        missing: a sentence for each year of which something is missing.
        threshold: adult female lice per fish above which a site must treat.
        figures: every figure over all years of the span, by key.
        harvest_t: the figure ``harvest_t`` by geography.
        by_year: the figures of each written year.
        harvest_by_year: ``harvest_t`` of each written year by geography.
        by_month: the figures of each written month, see ``accounts.MONTHLY``.
        batches: batches completed in the span whose whole life is written, one row each.
        rows: rows by asset.
        published: those published figures that the rows can be measured against.
        drawings: in the order of the page.
    """

    span: Span
    farm: str
    through: str
    missing: list[str]
    threshold: float
    figures: dict[str, float]
    harvest_t: dict[str, float]
    by_year: dict[int, dict[str, float]]
    harvest_by_year: dict[int, dict[str, float]]
    by_month: pd.DataFrame
    batches: pd.DataFrame
    rows: dict[str, int]
    published: list[Comparison]
    drawings: list[Drawing]

    def as_json(self) -> str:
        """The report as a JSON document; what the rows cannot give is null."""
        document = {
            "name": self.span.name,
            "title": self.span.title,
            "years": list(self.span.years),
            "farm": self.farm,
            "written_through": self.through,
            "missing": self.missing,
            "treatment_threshold": self.threshold,
            "definitions": {key: _definition(FIGURES[key]) for key in self.figures},
            "figures": _plain(self.figures),
            "harvest_t_by_geography": self.harvest_t,
            "by_year": {
                str(year): _plain(figures) | {"harvest_t_by_geography": self.harvest_by_year[year]}
                for year, figures in self.by_year.items()
            },
            "by_month": {f"{month:%Y-%m}": _plain(values.to_dict()) for month, values in self.by_month.iterrows()},
            "batches": json.loads(self.batches.to_json(orient="records", date_format="iso", date_unit="s")),
            "rows": self.rows,
            "published": [
                {
                    "key": one.target.key,
                    "figure": one.target.figure,
                    "unit": one.target.unit,
                    "measured": one.measured[0],
                    "low": one.target.low[0],
                    "high": one.target.high[0],
                    "standing": one.standing,
                    "source": one.target.source,
                }
                for one in self.published
            ],
        }
        return json.dumps(_without_nan(document), indent=2, ensure_ascii=False) + "\n"


def make_report(warehouse: Warehouse, accounts: Accounts, span: Span) -> Report:
    """The report of a span of years; the accounts must reach back to the eggs of its batches for their whole lives to
    be known."""
    history, years = accounts.history, span.years
    there = [year for year in years if year in history.coverage.written]
    through = max((history.coverage.years[year].through or 0 for year in there), default=None)
    return Report(
        span=span,
        farm=_farm(history["places"]),
        through="" if through is None else str(to_date(through)),
        missing=history.coverage.shortfalls(years),
        threshold=accounts.sums.threshold,
        figures=accounts.figures(years),
        harvest_t=accounts.by_geography("harvest_t", years),
        by_year={year: accounts.figures([year]) for year in there},
        harvest_by_year={year: accounts.by_geography("harvest_t", [year]) for year in there},
        by_month=accounts.by_month(years),
        batches=accounts.by_batch(years),
        rows=_rows(history["rows"], years, warehouse.release),
        published=accounts.published(there) if there else [],
        drawings=_drawings(warehouse, accounts, there) if there else [],
    )


def biomass_by_stage(biomass: pd.DataFrame) -> pd.DataFrame:
    """Tonnes at the end of each month (index) by stage (columns, the heaviest first), of ``month stage kg``."""
    tonnes = biomass.pivot_table(index="month", columns="stage", values="kg", aggfunc="sum") / 1000
    drawn = tonnes[[stage for stage in STAGES_DRAWN if stage in tonnes.columns]]
    return drawn.asfreq("MS").fillna(0.0) if len(drawn) else drawn


def _definition(figure: Figure) -> dict[str, str]:
    return {"title": figure.title, "unit": figure.unit, "meaning": figure.meaning, "period": figure.period.value}


def _plain(figures: dict[str, float]) -> dict[str, int | float]:
    """Counts as integers."""
    return {
        key: int(value) if not FIGURES[key].digits and value.is_integer() else value for key, value in figures.items()
    }


def _farm(places: pd.DataFrame) -> str:
    if places.empty:
        return "no containers"
    sea = places[places["at_sea"]]
    return (
        f"{' and '.join(sorted(places['geography'].unique()))}: {len(places):,} containers, {len(sea):,} of them cages"
        f" on {sea['area_id'].nunique()} sea sites"
    )


def _rows(rows: pd.DataFrame, years: Sequence[int], release: Release) -> dict[str, int]:
    within = rows[rows["year"].between(min(years), max(years))].groupby("table")["rows"].sum()
    counted = {
        asset: int(sum(within.get(table, 0) for table in recorder.tables))
        for asset, recorder in recorders_of(release).items()
    }
    return {asset: count for asset, count in counted.items() if count}


def _drawings(warehouse: Warehouse, accounts: Accounts, years: Sequence[int]) -> list[Drawing]:
    return [*_of_the_farm(accounts, years), *_of_single_things(warehouse, accounts, years)]


def _of_the_farm(accounts: Accounts, years: Sequence[int]) -> list[Drawing]:
    found: list[Drawing] = []
    by_year = pd.DataFrame({year: accounts.by_geography("harvest_t", [year]) for year in years}).T
    if by_year.to_numpy().sum() > 0:
        by_year = by_year.loc[:, by_year.sum() > 0]
        found.append(Drawing("Harvest", "Round weight by year and geography.", charts.harvest(by_year), wide=False))
    active = accounts.within(years)["active"].set_index("month")["batches"]
    if len(active):
        caption = "Batches alive on the first of each month."
        found.append(Drawing("Active batches", caption, charts.active_batches(active), wide=False))
    tonnes = biomass_by_stage(accounts.within(years)["biomass"])
    if len(tonnes) > 1:
        caption = "Biomass of fed fish at the end of each month, as of their last meal."
        found.append(Drawing("Biomass by stage", caption, charts.biomass(tonnes)))
    return found


def _of_single_things(warehouse: Warehouse, accounts: Accounts, years: Sequence[int]) -> list[Drawing]:
    found: list[Drawing] = []
    history = accounts.history
    batches = closeups.growth(history, years)
    if batches:
        number = "1 batch" if len(batches) == 1 else f"{len(batches)} batches, spread over the period"
        found.append(Drawing("Growth", f"Mean weight in the weekly samples of {number}.", charts.growth(batches)))
    cage = closeups.lousy_cage(history, years)
    if cage is not None:
        caption = f"{cage.name}, the cage with the most lice treatments: counts of about 20 fish, and every treatment."
        chart = charts.lice(cage.females, accounts.sums.threshold, cage.treated, cage.treated_otherwise)
        found.append(Drawing("Salmon lice and treatments", caption, chart))
    site = closeups.typical_site(accounts, years)
    if site is None:
        return found
    weekly = closeups.weekly_mortality(warehouse, history, site)
    if len(weekly):
        caption = f"{site.name}, {site.year}: a typical site, of median mortality. Dead fish in percent of those there."
        chart = charts.deaths(weekly, "% per week", "Weekly mortality of one site by cause")
        found.append(Drawing("Weekly mortality by cause", caption, chart))
    water = closeups.water(warehouse, history, site.year, site.area_id)
    if water is not None:
        first = next(iter(water.close.values())).index[0]
        caption = (
            f"{water.name}, {water.year}: median and range of each day, and every reading of three days from"
            f" {first:%-d %B}."
        )
        found.append(Drawing("Temperature and oxygen", caption, charts.water(water.daily, water.close)))
    return found


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nan(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
