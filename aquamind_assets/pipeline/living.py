"""Living rows: rows that change over their life, such as a batch's status or the feed in a silo.

They stand as of the end of the latest year that is materialized in this database, whichever year is being written and
however far the ledger reaches. So the content of the tables depends on which years are materialized, and not on the
order (design law: order does not matter).

A row that is alive in the following year too is written again with that year. Only at the end of a block of consecutive
years may a row have changed later without being written again: so the last year of each block is due whenever the
latest year changes.

Belongs here: which years' living rows are due. Does not belong here: writing them (``writing``), making them
(``records``).
"""

from collections.abc import Collection, Mapping

from aquamind_assets.pipeline.provenance import Fingerprint
from aquamind_assets.timeline import year_days


def due_years(
    written: Mapping[int, Fingerprint], content: str, as_of: Mapping[int, int], year: int | None = None
) -> list[int]:
    """Years whose living rows of one asset have to be written, in order.

    Args:
        written: fingerprint of each year that is materialized in this database.
        content: the fingerprint that is current; years with another one are stale and not counted.
        as_of: last simulated day of years that may be the latest, a day number by year.
        year: a year that is being materialized now; None after years were cleared.
    """
    years = {one for one, fingerprint in written.items() if fingerprint.content == content} | (
        {year} if year is not None else set()
    )
    if not years:
        return []
    latest = as_of[max(years)]
    return sorted(
        one
        for one in years
        if (one == year or one + 1 not in years) and not _stands(written.get(one), content, one, latest, years)
    )


def _stands(known: Fingerprint | None, content: str, year: int, latest: int, years: Collection[int]) -> bool:
    """Whether a year's living rows need not be written: they are there, and as of the right day."""
    if known is None or known.content != content or known.as_of is None:
        return False
    if year + 1 in years:
        return known.as_of >= year_days(year).end - 1
    return known.as_of == latest
