"""The farm's frames in the ledger store, typed.

Belongs here: turning ledgers, climate and farm states into stored columns and back, and saying what is missing. Does
not belong here: files (``warehouse.ledger_store``), simulating (``farm``).
"""

from typing import Any, get_type_hints

from aquamind_assets.ledger.frames import Frame
from aquamind_assets.ledger.lives import Lives, lives_of
from aquamind_assets.ledger.model import Ledger, SiteDays
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.ledger.store import LedgerMissing, LedgerStore, StoredPart
from aquamind_assets.timeline import to_date, year_days

FARM = "farm"
CLIMATE = "climate"

FRAMES: dict[str, type[Frame]] = {
    name: kind for name, kind in get_type_hints(Ledger).items() if isinstance(kind, type) and issubclass(kind, Frame)
}
"""Frames of a ledger, by their names in it."""

_LIVING = ("batches", "assignments", "treatments", "outbreaks", "deliveries", "feed_lots", "feed_stores")
"""The frames that tell what became of earlier years' batches, treatments and feed."""


class Ledgers:
    """The stored ledgers of one scenario. The ledger read last is kept: a year's recorders come one after another."""

    def __init__(self, store: LedgerStore, first_year: int) -> None:
        self.store = store
        self.first_year = first_year
        self._kept: tuple[StoredPart, Ledger] | None = None

    def years(self) -> list[int]:
        """Years that have a ledger."""
        return self.store.years(FARM)

    def write(self, ledger: Ledger, state: FarmState) -> StoredPart:
        """Store a year and the state it closes with."""
        before = self.store.about(ledger.year - 1, FARM)
        frames = {name: getattr(ledger, name).columns() for name in FRAMES}
        return self.store.write(
            ledger.year, FARM, ledger.through, frames, state.to_arrays(), opening=before.digest if before else ""
        )

    def write_climate(self, year: int, climate: SiteDays) -> StoredPart:
        """Store a year's water and weather."""
        return self.store.write(year, CLIMATE, year_days(year).end - 1, {"site_days": climate.columns()})

    def about(self, year: int, part: str = FARM) -> StoredPart:
        """What is stored of a year.

        Raises:
            LedgerMissing: nothing is.
        """
        stored = self.store.about(year, part)
        if stored is None:
            raise LedgerMissing(self._missing(year, part))
        return stored

    def ledger(self, year: int) -> Ledger:
        """A year's ledger.

        Raises:
            LedgerMissing: it is not stored, or was made from a year before that has changed since.
        """
        stored = self.about(year)
        before = self.store.about(year - 1, FARM)
        if before is not None and before.digest != stored.opening:
            raise LedgerMissing(
                f"the ledger of {year} was made from another {year - 1} than the one stored now: materialise farm_year"
                f" {year} again"
            )
        if self._kept is None or self._kept[0] != stored:
            self._kept = stored, self._read(stored, FRAMES)
        return self._kept[1]

    def opening(self, year: int) -> FarmState | None:
        """The state a year opens with; None for the first year.

        Raises:
            LedgerMissing: the year before is not stored, or not simulated to its end.
        """
        if year == self.first_year:
            return None
        stored = self.about(year - 1)
        if stored.through != year_days(year - 1).end - 1:
            raise LedgerMissing(
                f"the ledger of {year - 1} ends on {to_date(stored.through)}: materialise farm_year {year - 1} again,"
                " now that the year is over"
            )
        return FarmState.from_arrays(self.store.state(stored))

    def climate(self, year: int) -> SiteDays:
        """A year's water and weather.

        Raises:
            LedgerMissing: it is not stored.
        """
        return SiteDays(**self.store.frame(self.about(year, CLIMATE), "site_days"))

    def lives(self, year: int, latest: int) -> Lives:
        """What became of everything that lived in the year, as of the end of ``latest``, or of the last stored year up
        to it that follows the year without a gap.

        Raises:
            LedgerMissing: the year is not stored.
        """
        stored = self.years()
        ledgers = [self.ledger(year)]
        while ledgers[-1].year < latest and ledgers[-1].year + 1 in stored:
            ledgers.append(self._read(self.about(ledgers[-1].year + 1), _LIVING))
        return lives_of(ledgers)

    def _read(self, stored: StoredPart, names: Any) -> Ledger:
        frames: dict[str, Any] = {
            name: kind(**self.store.frame(stored, name)) if name in names else kind.empty()
            for name, kind in FRAMES.items()
        }
        return Ledger(year=stored.year, through=stored.through, fingerprint=self.store.fingerprint, **frames)

    def _missing(self, year: int, part: str) -> str:
        made = [stored for stored in self.store.years(part) if stored < year]
        first = year if part == CLIMATE else max(made, default=self.first_year - 1) + 1
        years = str(year) if first == year else f"{first}-{year}"
        what, asset = ("climate", "site_climate") if part == CLIMATE else ("ledger", "farm_year")
        others = self.store.other_fingerprints()
        elsewhere = (
            f" (there are ledgers of other scenarios or versions in {self.store.place}: {', '.join(others)})"
            if others
            else ""
        )
        return (
            f"{what} of {year} is missing for this scenario, {self.store.fingerprint}: materialise {asset} {years}"
            f" first{elsewhere}"
        )
