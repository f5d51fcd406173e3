"""Rules of AquaMind's release 2026-03, a module for each of its apps: what the release before did not require.

Belongs here: these rules, and putting them together with those that still hold. Does not belong here: rules that the
description of the tables gives (``generic``).
"""

from aquamind_assets.laws.rules import batch as fish
from aquamind_assets.laws.rules import environmental as water
from aquamind_assets.laws.rules import health as fish_health
from aquamind_assets.laws.rules import infrastructure as places
from aquamind_assets.laws.rules import inventory as feed
from aquamind_assets.laws.rules.model import Rule, versions_of
from aquamind_assets.laws.rules.release_2026_03 import (
    batch,
    corrections,
    daily_states,
    eggs,
    environmental,
    finance,
    growth,
    harvest,
    health,
    historian,
    infrastructure,
    inventory,
    mixing,
    planning,
    sales,
    transfers,
)
from aquamind_assets.tables.releases import tables_of

_DROPPED = frozenset({"inventory_feedingevent.feed_stock_id.feed", "batch_growthsample.sample_size.population"})
"""Rules on columns that the release no longer has, and one that reads other tables here."""

_TABLES = tables_of("2026-03")

_OF_LOTS = "inventory_historicalfeedcontainerstock"
"""The only history in which the platform deletes rows: a lot is deleted when it is used up."""

_KEPT_HISTORIES = frozenset({"infrastructure_historicalcontainer", "batch_historicalbatch"})
"""History tables that the release before has too, with their rules."""

_KEPT = [
    rule
    for rule in (*places.RULES, *fish.RULES, *water.RULES, *feed.RULES, *fish_health.RULES)
    if rule.table in _TABLES and rule.name not in _DROPPED
]

RULES: list[Rule] = [
    *_KEPT,
    *infrastructure.RULES,
    *batch.RULES,
    *transfers.RULES,
    *environmental.RULES,
    *health.RULES,
    *inventory.RULES,
    *harvest.RULES,
    *daily_states.RULES,
    *planning.RULES,
    *finance.RULES,
    *mixing.RULES,
    *eggs.RULES,
    *growth.RULES,
    *sales.RULES,
    *historian.RULES,
    *corrections.RULES,
    *(
        versions_of(
            table.name, table.versions_of, _TABLES[table.versions_of].id_column, deletions=table.name == _OF_LOTS
        )
        for table in _TABLES.values()
        if table.versions_of and table.made_by and table.name not in _KEPT_HISTORIES
    ),
]
