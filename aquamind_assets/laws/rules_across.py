"""Rules that read tables which are written after their own: they are judged with a later asset.

Belongs here: which rules these are, found from their SQL, and with which asset they are judged. Does not belong here:
judging a year by them (``row_rules``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from aquamind_assets.laws.rules import Rule, rules_of
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.releases import Release


@dataclass(frozen=True)
class Place:
    """Where a rule is judged.

    Attributes:
        asset: the asset with which it is judged.
        beside: the other assets that it reads, those that are not upstream of ``asset``.
    """

    asset: str
    beside: frozenset[str]


@cache
def rules_across(release: Release) -> Mapping[str, Place]:
    """Return the rules that read assets which are not upstream of the one that writes their table, by name.

    A rule is judged with that of the assets it reads which has most of the others upstream of it, so that nothing waits
    for a check of what it is written after.
    """
    recorders = recorders_of(release)
    writer = {table: asset for asset, recorder in recorders.items() for table in recorder.tables}
    order = {asset: place for place, asset in enumerate(recorders)}

    def before(asset: str) -> set[str]:
        return {asset}.union(*(before(one) for one in recorders[asset].upstream))

    found = {}
    for rule in rules_of(release):
        read = {writer[word] for word in re.findall(r"\w+", rule.query) if word in writer}
        if rule.table in writer and not read <= before(writer[rule.table]):
            asset = min(read, key=lambda one: (len(read - before(one)), order[one]))
            found[rule.name] = Place(asset, frozenset(read - before(asset)))
    return found


def rules_judged_with(asset: str, release: Release) -> list[Rule]:
    """Return the rules across assets that are judged with an asset."""
    places = rules_across(release)
    return [rule for rule in rules_of(release) if rule.name in places and places[rule.name].asset == asset]
