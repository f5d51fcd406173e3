"""A report as one HTML file that needs nothing else: no scripts, fonts, pictures or styles from elsewhere.

Belongs here: words and numbers as they are shown. Does not belong here: what they are (``report``).
"""

import math
from dataclasses import dataclass, field
from importlib import resources

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from aquamind_assets.reports.accounts import Figures
from aquamind_assets.reports.report import Report

NOTHING = "–"
"""Shown where the rows cannot say."""


@dataclass(frozen=True)
class Tile:
    """A headline figure: its name, its value with unit, and lines below it."""

    name: str
    value: str
    unit: str = ""
    below: list[str] = field(default_factory=list)


def number(value: float, digits: int = 0) -> str:
    """With so many decimals and grouped thousands; a dash where there is none."""
    return NOTHING if not math.isfinite(value) else f"{value:,.{digits}f}"


def beside(value: float, low: float, high: float) -> str:
    """A value beside its band: with two decimals, or as many more as it takes to see on which side of the band's ends
    it lies."""
    if not math.isfinite(value):
        return NOTHING
    inside = low <= value <= high
    return next(
        (text for digits in range(2, 6) if (low <= float(text := f"{value:.{digits}f}") <= high) == inside),
        f"{value:g}",
    )


def short(value: float) -> str:
    """Three digits with k, M or G."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.3g} {unit}" if value < 999.5 * size else f"{value / size:,.0f} {unit}"
    return f"{value:.0f}"


def tiles(figures: Figures) -> list[Tile]:
    """The headline figures in their order."""
    harvest = sum(figures.harvest_t.values())
    price = figures.feed_cost_eur / (1000 * figures.feed_t) if figures.feed_t else math.nan
    return [
        Tile(
            "Harvest",
            number(harvest, _digits(harvest)),
            "t",
            [f"{name} {number(tonnes, _digits(tonnes))} t" for name, tonnes in figures.harvest_t.items()],
        ),
        Tile("Harvest weight", number(figures.harvest_weight_kg, 2), "kg", [f"{number(figures.harvested_fish)} fish"]),
        Tile(
            "Survival, egg to smolt",
            number(figures.survival_smolt_pct, 1),
            "%",
            [f"{figures.batches_completed} completed batches"],
        ),
        Tile("Survival, smolt to harvest", number(figures.survival_harvest_pct, 1), "%", ["of the same batches"]),
        Tile("Economic FCR", number(figures.economic_fcr, 2), "", ["feed at sea over growth sold"]),
        Tile("Biological FCR", number(figures.biological_fcr, 2), "", ["with the growth of the dead"]),
        Tile(
            "Sea mortality",
            number(figures.sea_mortality_pct, 2),
            "% a month",
            [f"median {number(figures.sea_mortality_median_pct, 2)}; {number(figures.deaths)} dead fish of all ages"],
        ),
        Tile(
            "Adult female lice",
            number(figures.adult_females, 2),
            "a fish",
            [f"{number(figures.counts_above_limit_pct, 1)} % of counts above 0.5"],
        ),
        Tile(
            "Lice treatments",
            number(figures.lice_treatments),
            "",
            [f"{number(figures.disease_treatments)} against disease, {figures.vaccinations} vaccinations"],
        ),
        Tile(
            "Feed",
            number(figures.feed_t, _digits(figures.feed_t)),
            "t",
            [f"{number(figures.feed_cost_eur / 1e6, 2)} M EUR, {number(price, 2)} EUR a kg"],
        ),
        Tile(
            "Active batches",
            number(figures.active_batches, 1),
            "",
            [f"{number(figures.biomass_t, _digits(figures.biomass_t))} t of fish at the end"],
        ),
        Tile("Rows written", short(figures.rows), "", [number(figures.rows)]),
    ]


def report_page(report: Report) -> str:
    """The whole page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["number"] = number
    environment.filters["short"] = short
    environment.filters["beside"] = beside
    template = environment.from_string(
        (resources.files("aquamind_assets.reports") / "report.html.j2").read_text("utf-8")
    )
    drawings = [(drawing, Markup(drawing.svg)) for drawing in report.drawings]
    rows = report.batches.to_dict("records")
    return (
        template.render(
            report=report,
            tiles=tiles(report.figures),
            drawings=drawings,
            batches=rows,
            geographies=list(report.figures.harvest_t),
        )
        + "\n"
    )


def _digits(value: float) -> int:
    return 0 if not math.isfinite(value) or value >= 1000 else 1
