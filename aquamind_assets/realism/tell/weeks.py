"""The simulated farm's table of weeks, with the columns of a reference table.

Belongs here: sums of a year's ledger by cage and week, and the table made of them. Does not belong here: the columns'
meanings (``columns``), features (``features``).

Dead fish count on the day of their collection, and lice are those of the counts, as farms report them. Weeks begin on
Mondays. A cage's week is in the table if the cage holds fish on all of its days; a site's week if one of its cages
does.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from aquamind_assets.ledger.codes import TreatmentReason
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.pipeline.simulation import simulate_years
from aquamind_assets.realism.sea import SeaRows
from aquamind_assets.realism.tell.columns import CAGE, NAMES, SITE, WEEK
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import year_days

_MONDAY = 3
"""Days from Monday, 1969-12-29, to day 0."""
_KEYS = ["area", "container", "batch_id", "monday"]


def simulate_weeks(scenario: Scenario, infrastructure: Infrastructure, report: Callable[[str], None]) -> pd.DataFrame:
    """Simulate the scenario's history, and return the sums of its cages' weeks (:func:`sum_weeks`). The ledger of one
    year is held at a time.

    Args:
        scenario: the scenario.
        infrastructure: ``infrastructure.build(scenario)``.
        report: called after each year with what is done.
    """
    sums = []
    for number, year in enumerate(simulate_years(scenario, infrastructure, scenario.years), start=1):
        sums.append(sum_weeks(infrastructure, year.ledger))
        report(f"{year.ledger.year} simulated, {number} of {len(scenario.years)} years")
    return pd.concat(sums, ignore_index=True)


def sum_weeks(infrastructure: Infrastructure, ledger: Ledger) -> pd.DataFrame:
    """Return sums of a year by cage, batch and week (its Monday, a day number); rows of several years may be added
    up."""
    sea, containers = SeaRows(infrastructure, ledger), infrastructure.containers
    rows, counts, treated = sea.rows, ledger.lice_counts, ledger.treatments
    days = pd.DataFrame(
        {
            "area": sea.area,
            "container": rows.container,
            "batch_id": rows.batch_id,
            "day": rows.day,
            "days": 1,
            "fish": sea.fish,
            "dead": sea.deaths,
            "kg": sea.fish * rows.weight_g / 1e3,
            "volume": sea.volume,
            "feed_kg": rows.feed_g / 1e3,
            **{name: getattr(rows, name).astype(np.float64) for name in ("temperature", "salinity", "oxygen")},
        }
    )
    seen = pd.DataFrame(
        {
            "area": containers.area[counts.container],
            "container": counts.container,
            "batch_id": counts.batch_id,
            "day": counts.day,
            "counted": counts.fish_sampled,
            "females": counts.adult_female,
            "all_lice": counts.adult_female.astype(np.int64) + counts.adult_male + counts.juvenile,
        }
    )
    begun = treated.take((treated.container >= 0) & (treated.day >= year_days(ledger.year).first))
    begun = begun.take(containers.area[begun.container] >= 0)
    treatments = pd.DataFrame(
        {
            "area": containers.area[begun.container],
            "container": begun.container,
            "batch_id": begun.batch_id,
            "day": begun.day,
            "lice_treatments": begun.reason == TreatmentReason.LICE,
            "disease_treatments": begun.reason == TreatmentReason.DISEASE,
        }
    )
    joined = pd.concat([days, seen, treatments], ignore_index=True)
    joined["monday"] = (joined.pop("day") + _MONDAY) // 7 * 7 - _MONDAY
    return (
        joined.astype(dict.fromkeys(["lice_treatments", "disease_treatments"], float))
        .groupby(_KEYS, as_index=False)
        .sum()
    )


def table_of(
    infrastructure: Infrastructure, sums: pd.DataFrame, geographies: Sequence[int], *, by_cage: bool
) -> pd.DataFrame:
    """Return the table of weeks, sorted by its keys, with every column.

    Args:
        infrastructure: of the scenario.
        sums: of all years.
        geographies: rows in ``Geographies`` whose sites are in it.
        by_cage: weeks of cages; otherwise of sites.
    """
    areas, containers = infrastructure.areas, infrastructure.containers
    sums = sums.groupby(_KEYS, as_index=False).sum()
    first = sums.groupby(["area", "batch_id"])["monday"].transform("min")
    sums = sums.assign(weeks_at_sea=(sums["monday"] - first) / 7)
    sums = sums[(sums["days"] > 0) & np.isin(areas.geography[sums["area"]], list(geographies))]
    if by_cage:
        weeks = sums[sums["days"] == 7].copy()
    else:
        sums = sums.assign(oldest=sums["weeks_at_sea"], fullest=sums["days"])
        rules = dict.fromkeys(sums.columns.difference(["container", "batch_id", "weeks_at_sea"]), "sum")
        rules |= {"oldest": "max", "fullest": "max", "area": "first", "monday": "first"}
        weeks = sums.groupby(["area", "monday"]).agg(rules).reset_index(drop=True)
        weeks = weeks[weeks["fullest"] == 7].assign(weeks_at_sea=weeks["oldest"])
    return _columns(weeks, areas.name, containers.name if by_cage else None)


def _columns(weeks: pd.DataFrame, sites: np.ndarray, cages: np.ndarray | None) -> pd.DataFrame:
    """The table of sums that each belong to one row of it."""
    keys = {SITE: sites[weeks["area"]]}
    if cages is not None:
        keys[CAGE] = cages[weeks["container"]]
    keys[WEEK] = weeks["monday"].to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    counted = weeks["counted"].where(weeks["counted"] > 0)
    measured = {
        "mortality": (weeks["dead"] / (weeks["fish"] / 7).where(weeks["fish"] > 0)).clip(upper=1),
        "adult_female_lice": weeks["females"] / counted,
        "lice": weeks["all_lice"] / counted,
        **{name: weeks[name] / weeks["days"] for name in ("temperature", "salinity", "oxygen")},
        "fish": weeks["fish"] / 7,
        "weight_g": 1e3 * weeks["kg"] / weeks["fish"].where(weeks["fish"] > 0),
        "biomass_t": weeks["kg"] / 7e3,
        "density": weeks["kg"] / weeks["volume"],
        **{name: weeks[name] for name in ("weeks_at_sea", "feed_kg", "lice_treatments", "disease_treatments")},
    }
    table = pd.DataFrame(keys | {name: measured[name].to_numpy(dtype=np.float64) for name in NAMES})
    return table.sort_values(list(keys), ignore_index=True)
