"""The day that a farm was staged for, kept so that it stays the same farm.

A scenario may be staged for *yesterday* (``farm.batches.staging.date``). Which day that was is decided once, when the
farm is first made, and kept beside the ledgers, where every process finds it: the command, the user interface and its
workers. So tomorrow's run goes on with the same farm.

Belongs here: keeping, finding and forgetting that day. Does not belong here: which day it is (``settings``).
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from uuid import uuid4

from upath import UPath

from aquamind_assets.scenario.loading import ScenarioError


@dataclass(frozen=True)
class StagedFarm:
    """What the day is kept for: a scenario, by its ``staging_key``, in a database, by its URL without a password."""

    scenario: str
    database: str

    @property
    def file(self) -> str:
        """Name of the file that keeps it."""
        return f"staging-{hashlib.blake2b(f'{self.scenario} {self.database}'.encode(), digest_size=8).hexdigest()}.json"


def kept(ledger: str, farm: StagedFarm) -> date | None:
    """The day that is kept beside the ledgers, or None.

    Raises:
        ScenarioError: the file that keeps it is damaged.
    """
    place = UPath(ledger) / farm.file
    try:
        return date.fromisoformat(json.loads(place.read_text("utf-8"))["date"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise ScenarioError(
            f'{place} is damaged: it keeps the day of a staged farm, as in {{"date": "2025-03-31"}}; delete it to stage'
            " anew"
        ) from None


def keep(ledger: str, farm: StagedFarm, day: date) -> date:
    """Keep ``day``, unless a day is kept already; the day that is kept."""
    known = kept(ledger, farm)
    if known is not None:
        return known
    place = UPath(ledger)
    place.mkdir(parents=True, exist_ok=True)
    content = json.dumps(asdict(farm) | {"date": day.isoformat()}, indent=1)
    if place.protocol in ("", "file", "local"):
        aside = place / f".{farm.file}.{uuid4().hex[:8]}"
        aside.write_text(content, "utf-8")
        aside.rename(place / farm.file)
    else:
        (place / farm.file).write_text(content, "utf-8")
    return kept(ledger, farm) or day


def forget(ledger: str, farm: StagedFarm) -> None:
    """Keep it no longer."""
    (UPath(ledger) / farm.file).unlink(missing_ok=True)
