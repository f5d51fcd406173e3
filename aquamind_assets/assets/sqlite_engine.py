"""A SQLite database of Dagster's own, kept open.

Belongs here: the connection, and how long what is written into it lasts. Does not belong here: what is stored in it
(``sqlite_instance``, ``sqlite_events``).
"""

from pathlib import Path

import sqlalchemy as sa

# A private name: how long Dagster itself waits for another writer, which it has no way to choose (dagster#17370).
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS

from aquamind_assets.durable_files import flush_file


def kept_open(url: str) -> sa.Engine:
    """An engine that keeps one connection, and opens others while that one is in use."""
    engine = sa.create_engine(
        url,
        poolclass=sa.QueuePool,
        pool_size=1,
        max_overflow=-1,
        connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
    )
    # The databases are in WAL mode, in which they stay whole without waiting for the disk at every event. A power cut
    # may take the last events of a run that is under way; what ends a run waits for the disk.
    sa.event.listen(engine, "connect", lambda opened, record: opened.execute("PRAGMA synchronous=NORMAL").close())
    return engine


def flush(engine: sa.Engine) -> None:
    """Make all that is committed survive a power cut, as Dagster's own connections do at each commit."""
    # By the log's file alone: a process that opens and closes a database's own file drops its locks on it.
    flush_file(Path(f"{engine.url.database}-wal"))
