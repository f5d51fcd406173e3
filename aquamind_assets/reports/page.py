"""A report as one HTML file that needs nothing else: no scripts, fonts, pictures or styles from elsewhere.

Belongs here: numbers as they are shown, and which figures stand where. Does not belong here: what they are (``report``,
``figures``).
"""

import math
from dataclasses import dataclass, field
from importlib import resources

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from aquamind_assets.figures.registry import FIGURES, defined
from aquamind_assets.reports.accounts import BY_BATCH
from aquamind_assets.reports.drawing import svg
from aquamind_assets.reports.report import Report

NOTHING = "–"
"""Shown where the rows cannot say."""

BY_YEAR = (
    *("harvest_weight_kg", "whole_lives", "survival_smolt_pct", "survival_harvest_pct", "economic_fcr"),
    *("biological_fcr", "sea_mortality_pct", "adult_females", "counts_above_threshold_pct", "lice_treatments"),
    *("disease_treatments", "feed_t", "feed_cost_keur", "active_batches", "rows"),
)
"""The figures that are listed by year, after the harvest of each geography."""

_BELOW = {
    "harvest_weight_kg": ("harvested_fish",),
    "survival_smolt_pct": ("whole_lives",),
    "survival_harvest_pct": ("whole_lives",),
    "sea_mortality_pct": ("sea_mortality_median_pct", "deaths"),
    "adult_females": ("counts_above_threshold_pct",),
    "lice_treatments": ("disease_treatments", "vaccinations"),
    "feed_t": ("feed_cost_keur", "feed_price_eur_kg"),
    "active_batches": ("biomass_t",),
}
"""Figures that stand below a headline figure."""

_HEADLINES = (
    *("harvest_t", "harvest_weight_kg", "survival_smolt_pct", "survival_harvest_pct", "economic_fcr"),
    *("biological_fcr", "sea_mortality_pct", "adult_females", "lice_treatments", "feed_t", "active_batches", "rows"),
)


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


def shown(key: str, value: float, *, unit: bool = True) -> str:
    """A figure's value as it is shown: its decimals, fewer for large numbers, and its unit."""
    figure = FIGURES[key]
    text = number(value, 0 if math.isfinite(value) and abs(value) >= 1000 else figure.digits)
    return f"{text} {figure.shown_unit}".strip() if unit else text


def tiles(report: Report) -> list[Tile]:
    """The headline figures in their order."""
    found = []
    for key in _HEADLINES:
        figure, value = FIGURES[key], report.figures[key]
        text = short(value) if key == "rows" else shown(key, value, unit=False)
        below = [f"{FIGURES[one].title}: {shown(one, report.figures[one])}" for one in _BELOW.get(key, ())]
        if key == "harvest_t":
            below = [f"{name}: {shown(key, tonnes)}" for name, tonnes in report.harvest_t.items()]
        if key == "rows":
            below = [shown(key, value)]
        found.append(Tile(figure.title, text, figure.shown_unit, below))
    return found


def report_page(report: Report) -> str:
    """The whole page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": number, "beside": beside}
    environment.globals |= {"shown": shown, "short": short}
    template = environment.from_string(
        (resources.files("aquamind_assets.reports") / "report.html.j2").read_text("utf-8")
    )
    explained = dict.fromkeys([*_HEADLINES, *(one for below in _BELOW.values() for one in below), *BY_YEAR, *BY_BATCH])
    return (
        template.render(
            report=report,
            tiles=tiles(report),
            drawings=[(drawing, Markup(svg(drawing.chart))) for drawing in report.drawings],
            batches=report.batches.to_dict("records"),
            geographies=list(report.harvest_t),
            harvest=FIGURES["harvest_t"],
            by_year=defined(BY_YEAR),
            by_batch=defined(BY_BATCH),
            explained=defined(explained),
        )
        + "\n"
    )
