"""A report over some years: every figure, table and drawing of it, made from the written rows.

Belongs here: putting together what ``accounts`` and ``closeups`` say, and the report as JSON. Does not belong here:
HTML (``page``), files (``command``).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from aquamind_assets.realism.targets import Finding
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.reports import charts, closeups
from aquamind_assets.reports.accounts import Accounts, Figures, active_batches, by_month, published
from aquamind_assets.reports.months import LICE_LIMIT
from aquamind_assets.timeline import to_date
from aquamind_assets.warehouse.warehouse import Warehouse

STAGES_DRAWN = ("Adult", "Post-Smolt", "Smolt", "Parr", "Fry")
"""Stages from the bottom of the drawing up, the heaviest first; eggs and alevins are not fed."""


@dataclass(frozen=True)
class Span:
    """Years that a report is about, and what they are called."""

    name: str
    title: str
    years: tuple[int, ...]

    @property
    def file_name(self) -> str:
        """Name of the report's files without their ending."""
        return f"{self.name}_{self.years[0]}-{self.years[-1]}"


@dataclass(frozen=True)
class Drawing:
    """A drawing with its heading and a sentence on what is seen; ``wide`` takes the page's width."""

    heading: str
    said: str
    svg: str
    wide: bool = True


@dataclass(frozen=True)
class Report:
    """Everything a report says.

    Attributes:
        span: which years.
        farm: what the farm is, in a line.
        through: last day written, ``YYYY-MM-DD``; empty if nothing is.
        missing: a sentence for each year of which something is missing.
        figures: over all years of the span.
        by_year: the same of each written year.
        by_month: the written months, as :func:`~aquamind_assets.reports.accounts.by_month` has them.
        batches: batches completed in the span whose whole life is written, one row each.
        rows: rows by asset.
        published: those published figures that the rows can be measured against.
        drawings: in the order of the page.
    """

    span: Span
    farm: str
    through: str
    missing: list[str]
    figures: Figures
    by_year: dict[int, Figures]
    by_month: pd.DataFrame
    batches: pd.DataFrame
    rows: dict[str, int]
    published: list[Finding]
    drawings: list[Drawing]

    def as_json(self) -> str:
        """The report as a JSON document; what the rows cannot say is null."""
        document = {
            "name": self.span.name,
            "title": self.span.title,
            "years": list(self.span.years),
            "farm": self.farm,
            "written_through": self.through,
            "missing": self.missing,
            "figures": asdict(self.figures),
            "by_year": {str(year): asdict(one) for year, one in self.by_year.items()},
            "by_month": {
                f"{month:%Y-%m}": values.to_dict() for month, values in self.by_month.astype(float).iterrows()
            },
            "batches": json.loads(self.batches.to_json(orient="records", date_format="iso", date_unit="s")),
            "rows": self.rows,
            "published": [
                {
                    "key": one.target.key,
                    "figure": one.target.figure,
                    "unit": one.target.unit,
                    "measured": one.measured[0],
                    "low": one.target.low[0],
                }
                | {"high": one.target.high[0], "verdict": one.verdict, "source": one.target.source}
                for one in self.published
            ],
        }
        return json.dumps(_without_nan(document), indent=2, ensure_ascii=False) + "\n"


def make_report(warehouse: Warehouse, accounts: Accounts, span: Span) -> Report:
    """The report of a span of years; the accounts must reach back to the eggs of its batches for their whole lives to
    be told."""
    history, years = accounts.history, span.years
    there = [year for year in years if year in history.coverage.written]
    summed = accounts.figures(years)
    through = max((history.coverage.years[year].through or 0 for year in there), default=None)
    return Report(
        span=span,
        farm=_farm(history.places),
        through="" if through is None else str(to_date(through)),
        missing=history.coverage.said(years),
        figures=summed,
        by_year={year: accounts.figures([year]) for year in there},
        by_month=by_month(accounts, years),
        batches=_batches(accounts, years),
        rows=_rows(history.rows, years),
        published=published(accounts, there) if there else [],
        drawings=_drawings(warehouse, accounts, there) if there else [],
    )


def _farm(places: pd.DataFrame) -> str:
    if places.empty:
        return "no containers"
    sea = places[places["at_sea"]]
    return (
        f"{' and '.join(sorted(places['geography'].unique()))}: {len(places):,} containers, {len(sea):,} of them cages"
        f" on {sea['area_id'].nunique()} sea sites"
    )


def _batches(accounts: Accounts, years: Sequence[int]) -> pd.DataFrame:
    lives = accounts.lives[accounts.lives["end"].dt.year.isin(list(years))].sort_values(["end", "number"])
    growth, eggs = lives["growth_kg"], lives["eggs"].where(lives["eggs"] > 0)
    return pd.DataFrame(
        {
            "batch": lives["number"],
            "kind": lives["kind"].str.lower(),
            "geography": lives["geography"],
            "begun": lives["start"].dt.strftime("%Y-%m-%d"),
            "to_sea": lives["sea_day"].dt.strftime("%Y-%m-%d"),
            "last_harvest": lives["end"].dt.strftime("%Y-%m-%d"),
            "days": lives["days"],
            "eggs": eggs,
            "survival_smolt_pct": 100 * lives["smolts"] / eggs,
            "survival_harvest_pct": 100 * lives["harvested"] / lives["to_harvest"],
            "harvest_t": lives["harvest_kg"] / 1000,
            "harvest_weight_kg": lives["harvest_kg"] / lives["harvested"],
            "economic_fcr": lives["sea_feed_kg"] / growth,
            "biological_fcr": lives["sea_feed_kg"] / (growth + lives["sea_dead_kg"]),
            "feed_t": lives["feed_kg"] / 1000,
            "feed_eur_kg": lives["feed_eur"] / lives["harvest_kg"],
        }
    ).reset_index(drop=True)


def _rows(rows: pd.DataFrame, years: Sequence[int]) -> dict[str, int]:
    within = rows[rows["year"].between(min(years), max(years))].groupby("table")["rows"].sum()
    counted = {
        asset: int(sum(within.get(table, 0) for table in recorder.tables)) for asset, recorder in RECORDERS.items()
    }
    return {asset: count for asset, count in counted.items() if count}


def _drawings(warehouse: Warehouse, accounts: Accounts, years: Sequence[int]) -> list[Drawing]:
    found: list[Drawing] = []
    history = accounts.history
    by_year = pd.DataFrame({year: dict(accounts.figures([year]).harvest_t) for year in years}).T
    if by_year.to_numpy().sum() > 0:
        by_year = by_year.loc[:, by_year.sum() > 0]
        found.append(Drawing("Harvest", "Round weight by year and geography.", charts.harvest(by_year), wide=False))
    active = active_batches(history, years)
    if len(active):
        found.append(
            Drawing(
                "Active batches", "Batches alive on the first of each month.", charts.active_batches(active), wide=False
            )
        )
    tonnes = (
        history.biomass[history.biomass["month"].dt.year.isin(years)].pivot_table(
            index="month", columns="stage", values="kg", aggfunc="sum"
        )
        / 1000
    )
    if len(tonnes) > 1:
        stages = [stage for stage in STAGES_DRAWN if stage in tonnes.columns]
        drawn = tonnes[stages].asfreq("MS").fillna(0.0)
        found.append(Drawing("Biomass by stage", "At the end of each month, as last fed.", charts.biomass(drawn)))
    batches = closeups.growth(warehouse, accounts, years)
    if batches:
        said = f"Mean weight in the weekly samples of {len(batches)} batches, spread over the period."
        found.append(Drawing("Growth", said, charts.growth(batches)))
    cage = closeups.lousy_cage(accounts, years)
    if cage is not None:
        said = f"{cage.name}, the cage with the most lice treatments: counts of about 20 fish, and every treatment."
        found.append(
            Drawing(
                "Salmon lice and treatments",
                said,
                charts.lice(cage.females, cage.treated, cage.treated_otherwise, LICE_LIMIT),
            )
        )
    site = closeups.typical_site(accounts, years)
    if site is None:
        return found
    weekly = closeups.weekly_mortality(warehouse, accounts, site)
    if len(weekly):
        said = f"{site.name}, {site.year}: a typical site, of median mortality. Dead fish in percent of those there."
        found.append(Drawing("Weekly mortality by cause", said, charts.mortality(weekly)))
    water = closeups.water(warehouse, site)
    if water is not None:
        first = next(iter(water.close.values())).index[0]
        said = (
            f"{water.name}, {water.year}: median and range of each day, and every reading of three days from"
            f" {first:%-d %B}."
        )
        found.append(Drawing("Temperature and oxygen", said, charts.water(water.daily, water.close)))
    return found


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nan(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
