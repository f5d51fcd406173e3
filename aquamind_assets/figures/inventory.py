"""Figures of feed, and of the biomass that is fed.

Belongs here: what is in AquaMind's app ``inventory``. Does not belong here: feed conversion over whole lives
(``batch``).
"""

import math

from aquamind_assets.figures.figure import Figure, Period, ratio
from aquamind_assets.figures.sums import Sums


def _biomass(sums: Sums) -> float:
    biomass = sums["biomass"]
    if biomass.empty:
        return math.nan
    return biomass.loc[biomass["month"] == biomass["month"].max(), "kg"].sum() / 1000


INVENTORY_FIGURES = (
    Figure(
        "feed_t",
        "Feed given",
        "t",
        "Feed given to fish of all ages.",
        Period.EVENTS,
        ("feed",),
        lambda sums: sums["feed"]["kg"].sum() / 1000,
        digits=1,
    ),
    Figure(
        "feed_cost_keur",
        "Feed cost",
        "thousand EUR",
        "Cost of the feed given, lot by lot.",
        Period.EVENTS,
        ("feed",),
        lambda sums: sums["feed"]["eur"].sum() / 1000,
        digits=1,
    ),
    Figure(
        "feed_price_eur_kg",
        "Feed price",
        "EUR per kg",
        "Cost of the feed given over its weight.",
        Period.EVENTS,
        ("feed",),
        lambda sums: ratio(sums["feed"]["eur"].sum(), sums["feed"]["kg"].sum()),
        digits=2,
    ),
    Figure(
        "feed_cost_eur_kg",
        "Feed cost of a kg harvested",
        "EUR per kg",
        "Cost of the feed given over the round weight harvested.",
        Period.EVENTS,
        ("feed", "harvests"),
        lambda sums: ratio(sums["feed"]["eur"].sum(), sums["harvests"]["kg"].sum()),
        digits=2,
    ),
    Figure(
        "biomass_t",
        "Biomass of fed fish",
        "t",
        "Live weight of the fish at the end of the last month, as of their last meal in its last three days.",
        Period.END,
        ("biomass",),
        _biomass,
        digits=1,
    ),
    Figure(
        "monthly_fcr",
        "FCR of the monthly summaries",
        "kg/kg",
        "Feed given to fish of all ages over their biological gain, the sums of the monthly feeding summaries.",
        Period.EVENTS,
        ("summaries",),
        lambda sums: ratio(sums["summaries"]["feed_kg"].sum(), sums["summaries"]["growth_kg"].sum()),
        digits=2,
    ),
)
