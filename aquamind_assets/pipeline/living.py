"""Living rows: rows that change over their life, such as a batch's status or the feed in a silo.

They stand as of the end of the latest year that is materialized in this database, whichever year is being written and
however far the ledger reaches. So the content of the tables depends on which years are materialized, and not on the
order (design law: order does not matter).

A row that is alive in the following year too is written again with that year. So writing a year brings the consecutive
years before it to its day too, and of each block of consecutive years only the last one has to be written.

Belongs here: which years' living rows are due. Does not belong here: writing them (``writing``), making them
(``records``).
"""

from collections.abc import Mapping


def due_years(written: Mapping[int, int], last_day: int, year: int | None = None) -> list[int]:
    """Years whose living rows of one asset have to be written, in order.

    Args:
        written: the years that are materialized in this database and not stale, with the day that their rows stand for.
        last_day: the last simulated day of the latest year, ``year`` included, a day number.
        year: a year that is being materialized now; None after years were cleared.
    """
    years = set(written) | ({year} if year is not None else set())
    ends = [one for one in years if one == year or one + 1 not in years]
    return sorted(one for one in ends if written.get(one) != last_day)
