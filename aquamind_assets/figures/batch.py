"""Figures of batches: how many, what became of their fish, harvest, growth.

Belongs here: what is in AquaMind's app ``batch``. Does not belong here: mortality and lice of sites (``health``), feed
given (``inventory``).
"""

import math

import pandas as pd

from aquamind_assets.figures.figure import Figure, Period, ratio
from aquamind_assets.figures.sums import Sums
from aquamind_assets.records.harvest.product_grades import GUTTED
from aquamind_assets.records.master_ids import CAUSE_NAMES


def growth_kg(lives: pd.DataFrame) -> "pd.Series[float]":
    """Biomass that batches gained at sea and that was harvested or passed on: (harvested + passed on) - (stocked +
    received), kg. Fish passed on to a mixed batch are harvested here, and stocked there."""
    return lives["harvest_kg"] + lives["given_kg"] - lives["stocked_kg"] - lives["taken_kg"]


def to_harvest(lives: pd.DataFrame) -> "pd.Series[float]":
    """Fish at sea that could be harvested in the batch: stocked + received - passed on."""
    return lives["smolts"] + lives["taken"] - lives["given"]


def _economic_fcr(sums: Sums) -> float:
    return ratio(sums["lives"]["sea_feed_kg"].sum(), growth_kg(sums["lives"]).sum())


def _biological_fcr(sums: Sums) -> float:
    lives = sums["lives"]
    return ratio(lives["sea_feed_kg"].sum(), growth_kg(lives).sum() + lives["sea_dead_kg"].sum())


def _survival_smolt(sums: Sums) -> float:
    hatched = sums["lives"][sums["lives"]["eggs"] > 0]
    return 100 * ratio(hatched["smolts"].sum(), hatched["eggs"].sum())


def _survival_harvest(sums: Sums) -> float:
    return 100 * ratio(sums["lives"]["harvested"].sum(), to_harvest(sums["lives"]).sum())


def _gutted(sums: Sums) -> float:
    harvests = sums["harvests"]
    kg = harvests.loc[harvests["month"].dt.year.isin(sums.settled), "kg"].sum()
    return ratio(GUTTED * kg / 1000, len(sums.settled))


def _days(sums: Sums, since: str) -> float:
    lives = sums["lives"]
    lived = lives[(lives["smolts"] > 0) & (lives["harvested"] > 0)]
    return float((lived["harvest_day"] - lived[since]).mean())


def _active(sums: Sums) -> float:
    return float(sums["active"]["batches"].mean()) if len(sums["active"]) else math.nan


def _deaths(cause: str) -> Figure:
    name = {"UNKNOWN": "unknown cause", "OTHER": "other causes"}.get(cause, cause.lower())

    def formula(sums: Sums) -> float:
        deaths = sums["deaths"]
        return deaths.loc[deaths["cause"] == cause, "dead"].sum()

    return Figure(
        key=f"deaths_{cause.lower()}",
        title=f"Deaths, {name}",
        unit="fish",
        meaning=f"Dead fish of all ages with the recorded cause {cause}.",
        period=Period.EVENTS,
        reads=("deaths",),
        formula=formula,
    )


BATCH_FIGURES = (
    Figure(
        "active_batches",
        "Active batches",
        "batches",
        "Batches alive on the first day of a month, mean over the months.",
        Period.MONTHS,
        ("active",),
        _active,
        digits=1,
    ),
    Figure(
        "batches_started",
        "Batches started",
        "batches",
        "Batches that began with eggs, or as a mixed batch.",
        Period.EVENTS,
        ("starts",),
        lambda sums: len(sums["starts"]),
    ),
    Figure(
        "batches_completed",
        "Batches completed",
        "batches",
        "Batches whose last fish was harvested or passed on.",
        Period.EVENTS,
        ("ends",),
        lambda sums: len(sums["ends"]),
    ),
    Figure(
        "whole_lives",
        "Whole lives",
        "lives",
        "Completed batches whose life is recorded from its first day to its last: survival and FCR are of these.",
        Period.LIVES,
        ("lives",),
        lambda sums: len(sums["lives"]),
    ),
    Figure(
        "batches_sampled",
        "Batches sampled",
        "batches",
        "Batches with at least one growth sample.",
        Period.EVENTS,
        ("samples",),
        lambda sums: sums["samples"]["batch_id"].nunique(),
    ),
    Figure(
        "harvest_t",
        "Harvest",
        "t",
        "Round weight harvested.",
        Period.EVENTS,
        ("harvests",),
        lambda sums: sums["harvests"]["kg"].sum() / 1000,
        digits=1,
    ),
    Figure(
        "harvested_fish",
        "Harvested fish",
        "fish",
        "Fish harvested.",
        Period.EVENTS,
        ("harvests",),
        lambda sums: sums["harvests"]["fish"].sum(),
    ),
    Figure(
        "harvest_weight_kg",
        "Harvest weight",
        "kg",
        "Mean round weight of a harvested fish.",
        Period.EVENTS,
        ("harvests",),
        lambda sums: ratio(sums["harvests"]["kg"].sum(), sums["harvests"]["fish"].sum()),
        digits=2,
        published="harvest_weight",
    ),
    Figure(
        "gutted_harvest_t",
        "Yearly harvest, head-on-gutted",
        "t",
        f"Round weight harvested in a year x {GUTTED:g}, mean of the whole years from the fourth of the farm on.",
        Period.YEARS,
        ("harvests",),
        _gutted,
    ),
    Figure(
        "survival_smolt_pct",
        "Survival, egg to smolt",
        "%",
        "Fish that came to sea, percent of the eggs laid in.",
        Period.LIVES,
        ("lives",),
        _survival_smolt,
        digits=1,
    ),
    Figure(
        "survival_harvest_pct",
        "Survival, smolt to harvest",
        "%",
        "Harvested fish, percent of the fish that came to sea; fish passed on count in the batch they were passed to.",
        Period.LIVES,
        ("lives",),
        _survival_harvest,
        digits=1,
    ),
    Figure(
        "smolt_weight_g",
        "Weight at sea transfer",
        "g",
        "Mean weight of a fish on the day it came to sea.",
        Period.LIVES,
        ("lives",),
        lambda sums: 1000 * ratio(sums["lives"]["stocked_kg"].sum(), sums["lives"]["smolts"].sum()),
    ),
    Figure(
        "days_at_sea",
        "Days at sea",
        "days",
        "Days from sea transfer to harvest, of the mean fish of a batch, mean over batches.",
        Period.LIVES,
        ("lives",),
        lambda sums: _days(sums, "sea_day"),
    ),
    Figure(
        "days_of_life",
        "Days from eggs to harvest",
        "days",
        "Days from laying in the eggs to harvest, of the mean fish of a batch, mean over batches.",
        Period.LIVES,
        ("lives",),
        lambda sums: _days(sums, "start"),
    ),
    Figure(
        "economic_fcr",
        "Economic FCR",
        "kg/kg",
        "Feed given at sea over (harvested + passed on - stocked) biomass.",
        Period.LIVES,
        ("lives",),
        _economic_fcr,
        digits=2,
        published="economic_fcr_sea",
    ),
    Figure(
        "biological_fcr",
        "Biological FCR",
        "kg/kg",
        "Feed given at sea over (harvested + passed on + dead - stocked) biomass; the dead are those at sea.",
        Period.LIVES,
        ("lives",),
        _biological_fcr,
        digits=2,
        published="biological_fcr_sea",
    ),
    Figure(
        "transfers",
        "Transfers",
        "transfers",
        "Movements of fish from one container into another; harvests are not counted.",
        Period.EVENTS,
        ("transfers",),
        lambda sums: len(sums["transfers"]),
    ),
    Figure(
        "transfer_losses",
        "Fish lost in transfers",
        "fish",
        "Fish that died of being moved.",
        Period.EVENTS,
        ("transfers",),
        lambda sums: sums["transfers"]["lost"].sum(),
    ),
    Figure(
        "deaths",
        "Deaths",
        "fish",
        "Dead fish of all ages; losses in transfers are not counted.",
        Period.EVENTS,
        ("deaths",),
        lambda sums: sums["deaths"]["dead"].sum(),
    ),
    *(_deaths(cause) for cause in CAUSE_NAMES),
)
