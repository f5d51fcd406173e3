"""The chart of accounts of a fish farm.

Belongs here: rows of ``finance_core_accountgroup`` and ``finance_core_account``. Does not belong here: amounts.
Budgets, cost imports and valuations need figures that the farm does not have; no group is one that costs are imported
by.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records import master_ids as master
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

GROUPS = (
    ("10", "Biological assets", "ASSET", "Live fish, from egg to harvest."),
    ("30", "Sales", "REVENUE", "Fish and eggs that are sold."),
    ("40", "Cost of production", "EXPENSE", "All costs of live fish."),
    ("41", "Feed", "EXPENSE", "Feed that is eaten."),
    ("42", "Eggs and smolts", "EXPENSE", "Eggs and fish that are bought."),
    ("43", "Fish health", "EXPENSE", "Vaccines, treatments and laboratory samples."),
    ("44", "Wages", "EXPENSE", "Wages of the crews."),
    ("45", "Energy and oxygen", "EXPENSE", "Power, oxygen and fuel of the sites."),
    ("46", "Maintenance", "EXPENSE", "Nets, moorings, tanks and pumps."),
    ("47", "Harvest", "EXPENSE", "Wellboats and slaughter."),
)
"""Code, name, type and use of each group of accounts."""

_COSTS = 2
"""Position of the group above all others whose codes begin with its first digit."""

ACCOUNTS = (
    ("1010", "Live fish in fresh water", 0),
    ("1020", "Live fish at sea", 0),
    ("3010", "Sales of harvested fish", 1),
    ("3020", "Sales of smolts to companies of the group", 1),
    ("4110", "Feed in fresh water", 3),
    ("4120", "Feed at sea", 3),
    ("4210", "Eggs", 4),
    ("4220", "Smolts from companies of the group", 4),
    ("4310", "Vaccines", 5),
    ("4320", "Treatments", 5),
    ("4330", "Laboratory", 5),
    ("4410", "Wages of stations", 6),
    ("4420", "Wages of sea sites", 6),
    ("4510", "Power", 7),
    ("4520", "Oxygen", 7),
    ("4610", "Nets and moorings", 8),
    ("4620", "Tanks and pumps", 8),
    ("4710", "Wellboats", 9),
    ("4720", "Slaughter", 9),
)
"""Number and name of each account, and the position of its group."""

_ENTERED = 6 * HOUR


def chart_of_accounts(year: YearInputs) -> Iterator[Rows]:
    """Yield the groups and the accounts, the same in every year."""
    scenario = year.scenario
    entered = master.master_day(scenario) * MICROSECONDS_PER_DAY + _ENTERED
    group = np.arange(len(GROUPS))
    yield rows(
        year.tables["finance_core_accountgroup"],
        len(GROUPS),
        group_id=master.account_group_id(scenario, group),
        code=[code for code, *_ in GROUPS],
        name=[name for _, name, *_ in GROUPS],
        account_type=[kind for *_, kind, _ in GROUPS],
        description=[use for *_, use in GROUPS],
        display_order=group + 1,
        is_active=True,
        created_at=entered,
        updated_at=entered,
        parent_id=np.ma.MaskedArray(
            master.account_group_id(scenario, np.full(len(GROUPS), _COSTS)), mask=group <= _COSTS
        ),
    )
    of = np.array([place for *_, place in ACCOUNTS])
    yield rows(
        year.tables["finance_core_account"],
        len(ACCOUNTS),
        account_id=master.account_id(scenario, np.arange(len(ACCOUNTS))),
        code=[code for code, *_ in ACCOUNTS],
        name=[name for _, name, _ in ACCOUNTS],
        account_type=[GROUPS[place][2] for place in of.tolist()],
        description="",
        is_active=True,
        created_at=entered,
        updated_at=entered,
        group_id=master.account_group_id(scenario, of),
    )
