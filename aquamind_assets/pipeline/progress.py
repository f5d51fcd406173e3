"""Progress of generating years: what is reported while it runs, and the request to stop.

Belongs here: the moments that are reported. Does not belong here: drawing them (``cli.progress_bar``).
"""

import logging
from dataclasses import dataclass, field

from aquamind_assets.errors import Interrupted

_log = logging.getLogger(__name__)


@dataclass
class Progress:
    """Receives every start, chunk and end, and logs them; subclasses show them.

    Attributes:
        interrupt_requested: whether the work is to stop at the next chunk.
        process_ends: whether it is to stop because the process was sent a signal, rather than by a person's request to
            the command.
    """

    interrupt_requested: bool = field(default=False)
    process_ends: bool = field(default=False)

    def started(self, asset: str, year: int, chunks: int) -> None:
        """An asset's year starts; it has this many chunks."""
        _log.info("%s %s started, %s", asset, year, "1 chunk" if chunks == 1 else f"{chunks} chunks")

    def chunk_written(self, asset: str, year: int, rows: int) -> None:
        """A chunk is committed; ``rows`` is 0 if an earlier run had committed it."""
        if rows:
            _log.info("%s %s: %s rows committed", asset, year, f"{rows:,}")

    def completed(self, asset: str, year: int) -> None:
        """An asset's year is complete."""
        _log.info("%s %s completed", asset, year)

    def raise_if_interrupted(self, place: str) -> None:
        """Called between two chunks, and between two assets; ``place`` says where.

        Raises:
            Interrupted: the work is to stop.
        """
        if self.interrupt_requested:
            raise Interrupted(f"interrupted in {place}; committed chunks stay, the next run resumes from them")
