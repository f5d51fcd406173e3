"""The day that a farm is staged for, kept so that later runs continue with the same farm.

A scenario may be staged for *yesterday* (``farm.batches.staging.date``). The first run decides which day that is, and
keeps it beside the ledgers, where every process finds it: the command, the user interface and its workers.

Belongs here: keeping, finding and forgetting that day. Does not belong here: which day it is (``settings``).
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date

from aquamind_assets.durable_files import LEDGERS, make_folders, open_place, replace_file, usable
from aquamind_assets.scenario.loading import ScenarioError


@dataclass(frozen=True)
class StagedFarm:
    """The farm whose day is kept: a scenario, by its ``staging_key``, in a database, by its URL without a password."""

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
        FileUnusable: the place of the ledgers cannot be read.
    """
    place = open_place(LEDGERS, ledger) / farm.file
    try:
        with usable(LEDGERS, ledger):
            if not place.exists():
                return None
            return date.fromisoformat(json.loads(place.read_text("utf-8"))["date"])
    except (ValueError, KeyError, TypeError):
        raise ScenarioError(
            f'{place} is damaged: it holds the day of a staged farm, as in {{"date": "2025-03-31"}}; delete it to stage'
            " the farm anew"
        ) from None


def keep(ledger: str, farm: StagedFarm, day: date) -> date:
    """Keep ``day``, unless a day is kept already; the day that is kept.

    Raises:
        ScenarioError: the file that keeps a day is damaged.
        FileUnusable: the place of the ledgers cannot be written.
    """
    known = kept(ledger, farm)
    if known is not None:
        return known
    place = open_place(LEDGERS, ledger)
    content = json.dumps(asdict(farm) | {"date": day.isoformat()}, indent=1)
    with usable(LEDGERS, ledger):
        make_folders(place)
        replace_file(place / farm.file, content)
    return kept(ledger, farm) or day


def forget(ledger: str, farm: StagedFarm) -> None:
    """Delete the kept day, if there is one."""
    (open_place(LEDGERS, ledger) / farm.file).unlink(missing_ok=True)
