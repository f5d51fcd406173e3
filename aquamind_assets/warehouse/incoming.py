"""Rows on their way into the database: adopted ones left out, the others counted and translated.

Belongs here: what happens between a recorder's block and the load, in this order. Does not belong here: each of the
steps (``adoption``, ``tally``), loading and proving (``chunk_rows``, ``living_rows``).
"""

import logging
from collections.abc import Iterable, Iterator, Sequence

from aquamind_assets.tables.rows import Rows
from aquamind_assets.warehouse.adoption.adopted_rows import keep_records, read_records, read_translation
from aquamind_assets.warehouse.adoption.decisions import decide
from aquamind_assets.warehouse.adoption.natural_keys import MASTER_DATA
from aquamind_assets.warehouse.adoption.translation import Translation
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.tally import Tally

_log = logging.getLogger(__name__)


def has_master_data(tables: Sequence[str]) -> bool:
    """Whether rows of these tables may meet existing ones; all of them are then looked at before any is loaded."""
    return any(table in MASTER_DATA for table in tables)


def decided(database: Database, tables: Sequence[str], blocks: Iterable[Rows]) -> tuple[Translation, Iterable[Rows]]:
    """The translation for these blocks, within a transaction: what becomes of rows that meet existing ones is decided
    and kept first."""
    if not has_master_data(tables):
        return read_translation(database), blocks
    held = list(blocks)
    before = read_records(database)
    after, meetings = decide(database, [block for block in held if block.table in tables], before)
    if after != before:
        for meeting in meetings:
            _log.info("%s", meeting)
    keep_records(database, before, after)
    return after.translation, held


def own_rows(translation: Translation, blocks: Iterable[Rows]) -> Iterator[Rows]:
    """The blocks without adopted rows."""
    return (translation.without_adopted(block) for block in blocks)


def translated(translation: Translation, blocks: Iterable[Rows]) -> Iterator[Rows]:
    """The platform's own rows as the database holds them."""
    return (translation.to_database(block) for block in blocks)


def incoming(translation: Translation, tally: Tally, blocks: Iterable[Rows]) -> Iterator[Rows]:
    """Blocks as they are loaded; the tally sees the platform's own rows as they were recorded."""
    return translated(translation, tally.watch(own_rows(translation, blocks)))
