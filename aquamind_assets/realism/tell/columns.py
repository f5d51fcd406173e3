"""The columns of a table of weeks: a cage's weeks, or a site's.

Belongs here: names, units, meanings and ranges. Does not belong here: reading such a table (``table``), making it from
ledgers (``weeks``).
"""

from dataclasses import dataclass

SITE, CAGE, WEEK = "site", "cage", "week"
REQUIRED = (SITE, WEEK)
KEYS = (SITE, CAGE, WEEK)


@dataclass(frozen=True)
class WeekColumn:
    """A measured column.

    Attributes:
        name: its name in the table.
        group: what it is about; scores are also given by group.
        unit: its unit, "1" for a share.
        meaning: what it is.
        low: smallest value allowed.
        high: largest value allowed.
        offset: added before the logarithm is taken, where steps from week to week and differences between cages are
            those of the logarithm; None where they are those of the value.
    """

    name: str
    group: str
    unit: str
    meaning: str
    low: float
    high: float
    offset: float | None = None


COLUMNS = (
    WeekColumn("mortality", "mortality", "1", "fish that died in the week / mean number of fish", 0, 1, 1e-5),
    WeekColumn(
        "adult_female_lice", "lice", "per fish", "adult female salmon lice counted, mean of the counts", 0, 500, 0.01
    ),
    WeekColumn("lice", "lice", "per fish", "lice of all stages counted, mean of the counts", 0, 2000, 0.01),
    WeekColumn("temperature", "water", "degC", "mean temperature", -2, 35),
    WeekColumn("salinity", "water", "ppt", "mean salinity", 0, 45),
    WeekColumn("oxygen", "water", "mg/L", "mean dissolved oxygen", 0, 25),
    WeekColumn("fish", "fish", "fish", "mean number of fish", 0, 1e8, 1.0),
    WeekColumn("weight_g", "fish", "g", "mean weight", 0, 30_000, 1.0),
    WeekColumn("biomass_t", "fish", "t", "mean biomass", 0, 1e5, 0.01),
    WeekColumn("density", "fish", "kg/m3", "mean biomass / volume", 0, 200, 0.01),
    WeekColumn("weeks_at_sea", "fish", "week", "weeks since the first fish of the stocking came into the site", 0, 300),
    WeekColumn("feed_kg", "feed", "kg", "feed of the week", 0, 1e7, 1.0),
    WeekColumn("lice_treatments", "treatments", "treatments", "treatments of a cage against lice that began", 0, 1000),
    WeekColumn(
        "disease_treatments", "treatments", "treatments", "treatments of a cage against diseases that began", 0, 1000
    ),
)
"""All measured columns. A table has at least one of them."""

NAMES = tuple(column.name for column in COLUMNS)
