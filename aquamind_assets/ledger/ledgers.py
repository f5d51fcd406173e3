"""The farm's frames in the ledger store, typed.

Belongs here: converting ledgers, climate and farm states to stored columns and back, and reporting missing years. Does
not belong here: files (``store``), simulating (``farm``).
"""

from typing import Any, get_type_hints

from aquamind_assets.ledger.frames import Frame
from aquamind_assets.ledger.model import Ledger, SiteDays
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.ledger.store import LedgerMissing, LedgerStore, StoredPart
from aquamind_assets.timeline import to_date, year_days

FARM = "farm"
CLIMATE = "climate"

FRAMES: dict[str, type[Frame]] = {
    name: kind for name, kind in get_type_hints(Ledger).items() if isinstance(kind, type) and issubclass(kind, Frame)
}
"""Frames of a ledger, by name."""

_LIVING = (
    "batches",
    "stage_changes",
    "assignments",
    "treatments",
    "treatment_plans",
    "outbreaks",
    "deliveries",
    "feed_lots",
    "feed_stores",
)
"""Frames with the later state of earlier years' batches, treatments and feed: all that ``lives`` reads."""


class Ledgers:
    """The stored ledgers of one scenario. The ledger and the climate read last are cached, because the recorders of a
    year run one after another."""

    def __init__(self, store: LedgerStore, first_year: int) -> None:
        self.store = store
        self.first_year = first_year
        self._kept: tuple[StoredPart, Ledger] | None = None
        self._kept_climate: tuple[StoredPart, SiteDays] | None = None

    def forget(self) -> None:
        """Let go of what was read last: a year of the full farm takes 50 MB."""
        self._kept = self._kept_climate = None

    def years(self) -> list[int]:
        """Return the years that have a ledger."""
        return self.store.years(FARM)

    def write(self, ledger: Ledger, state: FarmState) -> StoredPart:
        """Store a year and its closing state."""
        before = self.store.about(ledger.year - 1, FARM)
        frames = {name: getattr(ledger, name).columns() for name in FRAMES}
        return self.store.write(
            ledger.year, FARM, ledger.through, frames, state.to_arrays(), opening=before.digest if before else ""
        )

    def write_climate(self, year: int, climate: SiteDays) -> StoredPart:
        """Store a year's water and weather."""
        return self.store.write(year, CLIMATE, year_days(year).end - 1, {"site_days": climate.columns()})

    def about(self, year: int, part: str = FARM) -> StoredPart:
        """Return the metadata of a stored year.

        Raises:
            LedgerMissing: the year is not stored.
        """
        stored = self.store.about(year, part)
        if stored is None:
            raise LedgerMissing(self._missing(year, part))
        return stored

    def ledger(self, year: int) -> Ledger:
        """Return a year's ledger.

        Raises:
            LedgerMissing: the year is not stored, or its previous year has changed since.
        """
        stored = self.about(year)
        before = self.store.about(year - 1, FARM)
        if before is not None and before.digest != stored.opening:
            raise LedgerMissing(
                f"the ledger of {year} was simulated from another {year - 1} than the stored one: materialize farm_year"
                f" {year} again"
            )
        if self._kept is None or self._kept[0] != stored:
            self._kept = stored, self._read(stored, FRAMES)
        return self._kept[1]

    def opening(self, year: int) -> FarmState | None:
        """Return the state at the start of a year; None for the first year.

        Raises:
            LedgerMissing: the previous year is not stored, or not simulated to its end.
        """
        if year == self.first_year:
            return None
        stored = self.about(year - 1)
        if stored.through != year_days(year - 1).end - 1:
            raise LedgerMissing(
                f"the ledger of {year - 1} ends on {to_date(stored.through)}: materialize farm_year {year - 1} again,"
                " now that the year is over"
            )
        return self.closing(year - 1)

    def closing(self, year: int) -> FarmState:
        """Return the state at the end of what is stored of a year.

        Raises:
            LedgerMissing: the year is not stored.
        """
        return FarmState.from_arrays(self.store.state(self.about(year)))

    def climate(self, year: int) -> SiteDays:
        """Return a year's water and weather.

        Raises:
            LedgerMissing: the year is not stored.
        """
        stored = self.about(year, CLIMATE)
        if self._kept_climate is None or self._kept_climate[0] != stored:
            self._kept_climate = stored, SiteDays(**self.store.frame(stored, "site_days"))
        return self._kept_climate[1]

    def later(self, year: int, last_year: int) -> list[Ledger]:
        """The ledgers of the years after ``year`` up to ``last_year``, with the frames that living rows are made from.

        Raises:
            LedgerMissing: one of these years is not stored.
        """
        return [self._read(self.about(one), _LIVING) for one in range(year + 1, last_year + 1)]

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
        elsewhere = f" (ledgers of other scenarios or versions lie beside it: {', '.join(others)})" if others else ""
        return (
            f"{what} of {year} is missing in {self.store.place}/{self.store.fingerprint}, the ledgers of this scenario:"
            f" materialize {asset} {years} first{elsewhere}"
        )
