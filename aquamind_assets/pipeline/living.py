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

from aquamind_assets.timeline import year_days


def due_years(written: Mapping[int, int | None], last_day: int, year: int | None = None) -> list[int]:
    """Years whose living rows of one asset have to be written, in order.

    Args:
        written: the years that are materialized in this database and not stale, with the day that their rows stand for;
            None where another year's rows were written over them and are gone since.
        last_day: the last simulated day of the latest year, ``year`` included, a day number.
        year: a year that is being materialized now; None after years were cleared.
    """
    years = set(written) | ({year} if year is not None else set())
    ends = block_ends(years) | ({year} if year is not None else set())
    return sorted(one for one in ends if not _stands(written.get(one), one, last_day, years))


def block_ends(years: Collection[int]) -> set[int]:
    """The last year of each block of consecutive years."""
    return {year for year in years if year + 1 not in years}


def outdated_years(written: Mapping[int, int | None]) -> set[int]:
    """Years whose rows do not stand as of the latest year; they have to be written again.

    ``written`` as in :func:`due_years`.
    """
    return {year for year in block_ends(written) if written[year] is None or written[year] != written[max(written)]}


def _stands(as_of: int | None, year: int, last_day: int, years: Collection[int]) -> bool:
    """Whether a year's living rows need not be written: they are there, and as of the right day."""
    if as_of is None:
        return False
    return as_of >= year_days(year).end - 1 if year + 1 in years else as_of == last_day
