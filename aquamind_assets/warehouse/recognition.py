"""Recognizing the release of AquaMind that a database has the tables of.

Belongs here: choosing between releases, and refusing a database that has none of them. Does not belong here: comparing
tables with a description (``schema_check``).
"""

from collections.abc import Mapping

from aquamind_assets.errors import UserError
from aquamind_assets.tables.releases import RELEASES, Release, tables_of
from aquamind_assets.warehouse.schema_check import ActualTable, differences


class SchemaMismatch(UserError):
    """The database is not one the platform can fill.

    Attributes:
        differences: one sentence for each thing that is not as described, for the nearest release.
        nearest: the release with the fewest differences.
    """

    def __init__(self, url: str, differences: list[str], nearest: Release) -> None:
        self.differences, self.nearest = differences, nearest
        super().__init__(
            f"{url} is not empty and differs from AquaMind's tables of {nearest}, the nearest release, in"
            f" {len(differences)} places; choose a database that AquaMind's migrations made, or an empty one:\n"
            + "\n".join(f"- {line}" for line in differences)
        )


class OtherRelease(UserError):
    """The database has the tables of another release than the one that was chosen, or than it was filled with."""


def described_tables() -> frozenset[str]:
    """Return the names of the tables of any release."""
    return frozenset(name for release in RELEASES for name in tables_of(release))


def recognize(
    url: str, actual: Mapping[str, ActualTable], chosen: Release | None = None, *, sqlite: bool = False
) -> Release:
    """Return the release whose tables a database has.

    Raises:
        SchemaMismatch: it has those of none; the message lists the differences from the nearest release.
        OtherRelease: it has those of another release than the ``chosen`` one.
    """
    wrong = {release: differences(tables_of(release), actual, sqlite=sqlite) for release in RELEASES}
    found = [release for release in RELEASES if not wrong[release]]
    if not found:
        nearest = min(RELEASES, key=lambda release: len(wrong[release]))
        raise SchemaMismatch(url, wrong[nearest], nearest)
    if chosen is not None and chosen not in found:
        raise OtherRelease(
            f"{url} has AquaMind's tables of release {found[-1]}; the chosen release is {chosen}: choose {found[-1]},"
            " or an empty database"
        )
    return chosen or found[-1]
