"""The generated parts of ``docs/what-if.md``: the outcomes of three causes, and a picture of one of them.

Belongs here: the causes, their table, their picture. Does not belong here: comparing histories (``twins``).
"""

import io
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aquamind_assets.docs_generator import markdown
from aquamind_assets.docs_generator.farms import SimulatedYears, behaviour, simulate
from aquamind_assets.docs_generator.twins import NEVER, first_differences, outcome
from aquamind_assets.ledger.codes import Movement, Stage, TreatmentReason
from aquamind_assets.timeline import to_date, year_days

PRESET = "demo"
AS_IT_IS = "as it is"
NO_DELOUSING = "lice are never treated"
CAUSES: dict[str, tuple[str, ...]] = {
    AS_IT_IS: (),
    NO_DELOUSING: ("health.lice.treatments={}",),
    "water 1.5 degC warmer": tuple(
        f"farm.geographies.{name}.climate.warming=1.5" for name in ("Faroe Islands", "Scotland")
    ),
    "smolts half as heavy again": ("farm.batches.smolt_weight_g=150",),
}
"""The changes of each cause, in the format of ``aquamind run --set``; the first one is the unchanged farm."""

CHECKED_YEARS = 3
"""The document is up to date if the first years of its farms behave as at the time of writing."""

BLUE, RED, GREY, ORANGE = "#1f6f8b", "#c0392b", "#8a8f94", "#d98324"

_TITLES = (
    "Adult female lice on a fish",
    "Fish lost at sea, thousands, running total",
    "Biomass: twin minus farm, tonnes",
)


def parts(histories: Mapping[str, SimulatedYears]) -> dict[str, str]:
    """Return the generated parts of the document, by name; ``histories`` are those of :data:`CAUSES`."""
    return {
        "outcomes": _outcomes(histories),
        "reach": _reach(histories),
        "behaviour": f"<!-- {behaviours(histories)} -->",
    }


def behaviours(histories: Mapping[str, SimulatedYears]) -> str:
    """Return a few hex digits for each farm that change when its first years do."""
    return " ".join(
        behaviour(replace(history, ledgers=history.ledgers[:CHECKED_YEARS])) for history in histories.values()
    )


def histories(last_year: int | None = None) -> dict[str, SimulatedYears]:
    """Return the unchanged farm and its twins."""
    return {cause: simulate(PRESET, changes, last_year) for cause, changes in CAUSES.items()}


def _outcomes(histories: Mapping[str, SimulatedYears]) -> str:
    rows = []
    for cause, history in histories.items():
        came = outcome(history)
        rows.append(
            [
                cause,
                round(came.harvested_t),
                round(came.harvest_weight_kg, 2),
                round(came.days_at_sea),
                round(came.sea_loss_pct, 1),
                round(came.handling_pct),
                round(came.feed_t),
                round(came.adult_females, 2),
                came.delousings,
            ]
        )
    columns = [
        "scenario",
        "harvest t",
        "weight kg",
        "days at sea",
        "lost at sea %",
        "of these by handling %",
        "feed t",
        "adult females per fish",
        "delousings of a cage",
    ]
    return markdown.table(columns, rows)


def _reach(histories: Mapping[str, SimulatedYears]) -> str:
    base = histories[AS_IT_IS]
    at_sea = base.infrastructure.containers.area >= 0
    rows = []
    for cause, history in list(histories.items())[1:]:
        first = first_differences(base, history)
        rows.append(
            [
                cause,
                _first(first[~at_sea]),
                _first(first[at_sea]),
                " ".join(f"`--set '{change}'`" for change in CAUSES[cause]),
            ]
        )
    return markdown.table(["cause", "first difference in freshwater", "first difference at sea", "option"], rows)


def _first(days: np.ndarray) -> str:
    return "never" if days.min() == NEVER else str(to_date(days.min()))


def picture(histories: Mapping[str, SimulatedYears]) -> bytes:
    """Return a PNG of lice, deaths and biomass of the farm and of its twin that never treats lice."""
    base, twin = histories[AS_IT_IS], histories[NO_DELOUSING]
    figure = Figure(figsize=(8.0, 6.4), dpi=100)
    panels = figure.subplots(3, 1, sharex=True)
    _lice(panels[0], base, twin)
    _deaths(panels[1], base, twin)
    _biomass(panels[2], base, twin)
    for axes, text in zip(panels, _TITLES, strict=True):
        axes.set_title(text, fontsize=9, loc="left", color="#333333")
        axes.tick_params(labelsize=8, colors="#555555")
        axes.grid(axis="y", color="#e6e6e6", linewidth=0.7)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color("#cccccc")
        axes.legend(fontsize=8, frameon=False, ncols=4, loc="upper left")
    first = _first_day_at_sea(base)
    panels[-1].set_xlim(_dates(np.array([first - 60]))[0], _dates(np.array([base.ledgers[-1].through]))[0])
    locator = mdates.AutoDateLocator(maxticks=11)
    panels[-1].xaxis.set_major_locator(locator)
    panels[-1].xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    figure.tight_layout()
    target = io.BytesIO()
    figure.savefig(target, format="png", metadata={"Software": None}, pil_kwargs={"optimize": True})
    return target.getvalue()


def _lice(axes: Axes, base: SimulatedYears, twin: SimulatedYears) -> None:
    for history, name, colour in ((twin, "never treated", ORANGE), (base, "treated by the rules", BLUE)):
        lice = _weekly(history, "adult_female")
        axes.plot(lice.index, lice.clip(lower=0.01), color=colour, linewidth=1.2, label=name)
    axes.set_yscale("log")
    axes.set_ylim(0.01, 300)
    threshold = base.scenario.health.lice.threshold
    axes.axhline(threshold, color=RED, linewidth=0.8, linestyle="--", label=f"threshold {threshold:g}")
    days = np.unique(base.treatments.day[base.treatments.reason == TreatmentReason.LICE])
    axes.plot(_dates(days), np.full(days.size, 0.014), "|", color=GREY, markersize=7, label="delousing of a cage")


def _deaths(axes: Axes, base: SimulatedYears, twin: SimulatedYears) -> None:
    for history, name, colour in ((twin, "never treated", ORANGE), (base, "treated by the rules", BLUE)):
        fish = history.container_days
        at_sea = fish.stage >= Stage.POST_SMOLT
        dead = sum(
            getattr(fish, column)[at_sea].astype(np.int64) for column in fish.names() if column.startswith("deaths_")
        )
        daily = pd.Series(dead, index=_dates(fish.day[at_sea])).groupby(level=0).sum()
        total = daily.cumsum() / 1000
        axes.plot(total.index, total, color=colour, linewidth=1.2, label=name)
    axes.set_ylim(bottom=0, top=axes.get_ylim()[1] * 1.15)


def _biomass(axes: Axes, base: SimulatedYears, twin: SimulatedYears) -> None:
    at_sea = base.infrastructure.containers.area >= 0
    for where, name, colour in ((at_sea, "at sea", ORANGE), (~at_sea, "in freshwater", BLUE)):
        difference = _tonnes(twin, where).sub(_tonnes(base, where), fill_value=0.0)
        axes.plot(difference.index, difference, color=colour, linewidth=1.2, label=name)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.2 * (high - low))


def _tonnes(history: SimulatedYears, where: np.ndarray) -> "pd.Series[float]":
    fish = history.container_days
    here = where[fish.container]
    return pd.Series((fish.closing * fish.weight_g)[here] / 1e6, index=_dates(fish.day[here])).groupby(level=0).sum()


def _weekly(history: SimulatedYears, column: str) -> "pd.Series[float]":
    """Return the mean over the fish at sea of a column of the container-days, by week; NaN for weeks without fish."""
    fish = history.container_days
    at_sea = (fish.stage >= Stage.POST_SMOLT) & (fish.closing > 0)
    frame = pd.DataFrame(
        {"all": (getattr(fish, column) * fish.closing)[at_sea], "fish": fish.closing[at_sea]},
        index=_dates(fish.day[at_sea]),
    )
    weekly = frame.resample("W").sum()
    return (weekly["all"] / weekly["fish"].where(weekly["fish"] > 0)).astype(float)


def _first_day_at_sea(history: SimulatedYears) -> int:
    moves = history.movements
    entered = moves.day[(moves.kind == Movement.STAGE_TRANSFER) & (moves.to_stage == Stage.POST_SMOLT)]
    return int(entered.min()) if entered.size else year_days(history.scenario.first_year).first


def _dates(days: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(np.asarray(days, dtype="datetime64[D]"))
