"""Who watches the work while it is done: the command's progress bar, or nobody.

Belongs here: the moments that a watcher is told of. Does not belong here: drawing them (``command``).
"""

import logging
from dataclasses import dataclass, field

_log = logging.getLogger(__name__)


class StoppedAtChunkBorder(Exception):
    """Somebody asked to stop; everything up to the last chunk is committed and a later run goes on from there."""


@dataclass
class Watch:
    """Told of every chunk; the base class carries the wish to stop, and logs."""

    stopping: bool = field(default=False)

    def began(self, asset: str, year: int, chunks: int) -> None:
        """An asset's year begins; it has so many chunks."""
        _log.info("%s %s begins, %s", asset, year, "1 chunk" if chunks == 1 else f"{chunks} chunks")

    def wrote(self, asset: str, year: int, rows: int) -> None:
        """A chunk is committed; ``rows`` is 0 if it was already there."""
        if rows:
            _log.info("%s %s: %s rows committed", asset, year, f"{rows:,}")

    def finished(self, asset: str, year: int) -> None:
        """An asset's year is complete."""
        _log.info("%s %s is complete", asset, year)

    def stop_if_asked(self, asset: str, year: int) -> None:
        """Raises :class:`StoppedAtChunkBorder` once somebody wants to stop."""
        if self.stopping:
            raise StoppedAtChunkBorder(
                f"stopped at a chunk border of {asset} {year}; what is committed stays, the next run goes on from there"
            )
