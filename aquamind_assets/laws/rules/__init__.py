"""Every rule of AquaMind's tables, those of the database and those that only the application knows, as queries that
count violations.

Belongs here: what a single AquaMind would refuse or get wrong: types, choices, ranges, references, formulas, orders of
dates. Does not belong here: the laws of the farm that span it as a whole (fish close, feed closes), and whether the
figures are believable.

:data:`RULES` are the rules, :func:`violations` asks a warehouse.
"""

from collections.abc import Collection

from aquamind_assets.laws.rules import batch as fish
from aquamind_assets.laws.rules import environmental as water
from aquamind_assets.laws.rules import health
from aquamind_assets.laws.rules import infrastructure as places
from aquamind_assets.laws.rules import inventory as feed
from aquamind_assets.laws.rules.evaluate import Queryable, RuleResult, evaluate
from aquamind_assets.laws.rules.generic import generic_rules
from aquamind_assets.laws.rules.model import Rule
from aquamind_assets.tables.schema import TABLES
from aquamind_assets.timeline import DayRange, year_days

__all__ = ["RULES", "Queryable", "Rule", "RuleResult", "violations"]

RULES: list[Rule] = [*generic_rules(), *places.RULES, *fish.RULES, *water.RULES, *feed.RULES, *health.RULES]
"""All rules; those that follow from the tables' description first."""


def violations(
    warehouse: Queryable, tables: Collection[str] | None = None, year: int | None = None, days: DayRange | None = None
) -> list[RuleResult]:
    """How often each rule is broken: one result a rule, ``count`` 0 where it holds.

    Args:
        warehouse: the database.
        tables: restrict it to rules on rows of these tables; they may look at other tables as well.
        year: restrict it to rows of this calendar year, by their ids.
        days: restrict it to rows of these days, which lie in one calendar year.

    Raises:
        ValueError: a table is unknown.
    """
    if tables is not None and (unknown := set(tables) - TABLES.keys()):
        raise ValueError(f"no such tables: {', '.join(sorted(unknown))}; allowed are {', '.join(TABLES)}")
    return evaluate(
        warehouse,
        [rule for rule in RULES if tables is None or rule.table in tables],
        year_days(year) if year is not None else days,
    )
