"""Every rule of AquaMind's tables, enforced by the database or only by the application, as queries that count
violations.

Belongs here: what a single AquaMind would refuse or get wrong: types, choices, ranges, references, formulas, orders of
dates. Does not belong here: laws that span the whole farm (fish balance, feed balance), and whether the figures are
realistic.

:func:`rules_of` gives the rules, :func:`violations` checks a warehouse.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cache

from aquamind_assets.laws.rules import batch as fish
from aquamind_assets.laws.rules import environmental as water
from aquamind_assets.laws.rules import health, release_2026_03
from aquamind_assets.laws.rules import infrastructure as places
from aquamind_assets.laws.rules import inventory as feed
from aquamind_assets.laws.rules.evaluate import Days, Queryable, RuleResult, evaluate
from aquamind_assets.laws.rules.generic import generic_rules
from aquamind_assets.laws.rules.model import Rule
from aquamind_assets.tables.releases import DEFAULT_RELEASE, Release, tables_of
from aquamind_assets.timeline import year_days

__all__ = ["Queryable", "Rule", "RuleResult", "rules_of", "violations"]

_APPLICATION: Mapping[Release, list[Rule]] = {
    "2025-08": [*places.RULES, *fish.RULES, *water.RULES, *feed.RULES, *health.RULES],
    "2026-03": release_2026_03.RULES,
}
"""Rules that are not in the description of the tables, by release."""


@cache
def rules_of(release: Release) -> list[Rule]:
    """Return all rules of a release, those derived from the description of the tables first."""
    return [*generic_rules(tables_of(release).values()), *_APPLICATION[release]]


def violations(
    warehouse: Queryable,
    tables: Collection[str] | None = None,
    year: int | None = None,
    days: Days | None = None,
    release: Release = DEFAULT_RELEASE,
    chosen: Callable[[Rule], bool] = lambda _: True,
) -> list[RuleResult]:
    """Count the violations of each rule: one result per rule, ``count`` 0 if it holds.

    Args:
        warehouse: the database.
        tables: check only rules on rows of these tables; the rules may read other tables as well.
        year: check only rows of this calendar year, by their ids.
        days: check only rows of these stretches of days, each of which lies in one calendar year.
        release: the release of AquaMind whose rules hold.
        chosen: check only these rules.

    Raises:
        ValueError: a table is unknown.
    """
    described = tables_of(release)
    if tables is not None and (unknown := set(tables) - described.keys()):
        raise ValueError(f"unknown tables: {', '.join(sorted(unknown))}; allowed: {', '.join(described)}")
    return evaluate(
        warehouse,
        described,
        [rule for rule in rules_of(release) if (tables is None or rule.table in tables) and chosen(rule)],
        [year_days(year)] if year is not None else days,
    )
