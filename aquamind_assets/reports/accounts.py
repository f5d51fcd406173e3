"""The accounts of a farm: its figures by period, and the frames that they are made from.

Belongs here: figures of some years, by year, by month and by batch. Does not belong here: definitions (``figures``),
reading (``history``), pages (``page``).
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from aquamind_assets.figures.registry import FIGURES, values_of
from aquamind_assets.figures.sums import Sums
from aquamind_assets.realism.statistics import FULL_SCALE_CAGES
from aquamind_assets.realism.targets import Comparison, compare, load_targets
from aquamind_assets.reports.history import History, read_history, years_of_lives
from aquamind_assets.reports.sums import sums_of
from aquamind_assets.warehouse.warehouse import Warehouse

MONTHLY = (
    *("active_batches", "biomass_t", "feed_t", "feed_cost_keur", "deaths", "harvested_fish", "harvest_t"),
    *("sea_mortality_pct", "adult_females", "lice_treatments", "disease_treatments", "vaccinations"),
)
"""The figures that are listed by month."""

BY_BATCH = (
    *("survival_smolt_pct", "survival_harvest_pct", "harvest_t", "harvest_weight_kg", "economic_fcr"),
    *("biological_fcr", "feed_t", "feed_cost_eur_kg"),
)
"""The figures that are listed by completed batch."""

_PLACES = {"Faroe Islands": "faroes", "Scotland": "scotland"}
"""Geography to the end of the keys of its published figures."""


class Accounts:
    """The accounts of a history.

    Attributes:
        history: the frames that were read.
        sums: the sums of all its years; ``sums["lives"]`` are the whole lives of batches, ``sums["farm_months"]`` the
            farm-months.
        geographies: names of all geographies with containers.
    """

    def __init__(self, history: History, threshold: float) -> None:
        self.history = history
        self.sums = sums_of(history, threshold)
        self.geographies = sorted(history["places"]["geography"].unique())
        self._cut: dict[tuple[int, int], Sums] = {}
        self._figures: dict[tuple[int, int], dict[str, float]] = {}

    def within(self, years: Sequence[int]) -> Sums:
        """The sums of these years, which follow each other."""
        key = min(years), max(years)
        if key not in self._cut:
            self._cut[key] = self.sums.between(*key)
        return self._cut[key]

    def figures(self, years: Sequence[int]) -> dict[str, float]:
        """Every figure of these years that the tables can give; nan where the rows cannot say."""
        key = min(years), max(years)
        if key not in self._figures:
            self._figures[key] = values_of(self.within(years))
        return dict(self._figures[key])

    def by_geography(self, key: str, years: Sequence[int]) -> dict[str, float]:
        """One figure of these years in each geography."""
        sums = self.within(years)
        return {name: FIGURES[key].value(sums.of(name)) for name in self.geographies}

    def by_month(self, years: Sequence[int]) -> pd.DataFrame:
        """The figures of :data:`MONTHLY` of each month that is written, by its first day."""
        sums = self.within(years)
        months = [pd.Timestamp(month) for month in sums["active"]["month"]]
        rows = {month: values_of(one, MONTHLY) for month, one in sums.by_month(months).items()}
        return pd.DataFrame.from_dict(rows, orient="index", columns=list(MONTHLY))

    def by_batch(self, years: Sequence[int]) -> pd.DataFrame:
        """Batches completed in these years whose whole life is written, one row each: what they are, and their
        figures."""
        lives = self.within(years)["lives"].sort_values(["end", "number"])
        described = pd.DataFrame(
            {
                "batch": lives["number"],
                "kind": lives["kind"].str.lower(),
                "geography": lives["geography"],
                "begun": lives["begun"].dt.strftime("%Y-%m-%d"),
                "to_sea": lives["first_sea_day"].dt.strftime("%Y-%m-%d"),
                "last_harvest": lives["end"].dt.strftime("%Y-%m-%d"),
                "days": (lives["end"] - lives["begun"]).dt.days,
                "eggs": lives["eggs"].where(lives["eggs"] > 0),
            }
        )
        rows = [values_of(self._of_batch(lives.loc[[batch]]), BY_BATCH) for batch in lives.index]
        measured = pd.DataFrame(rows, index=lives.index, columns=list(BY_BATCH), dtype=float)
        return described.join(measured).reset_index(drop=True)

    def _of_batch(self, life: pd.DataFrame) -> Sums:
        """The sums of one whole life."""
        harvests = life[["month", "geography"]].assign(fish=life["harvested"], kg=life["harvest_kg"])
        feed = life[["month"]].assign(kg=life["feed_kg"], eur=life["feed_eur"])
        return Sums({"lives": life, "harvests": harvests, "feed": feed}, self.sums.threshold)

    def published(self, years: Sequence[int]) -> list[Comparison]:
        """Those published figures that the written rows can be measured against, with the bands of
        ``realism/targets.yaml``."""
        measured = self.figures(years)
        values = {FIGURES[key].published: value for key, value in measured.items() if FIGURES[key].published}
        for name, tonnes in self.by_geography("gutted_harvest_t", years).items():
            if name in _PLACES:
                values[f"harvest_gutted_{_PLACES[name]}"] = tonnes / 1000
        full_scale = int(self.history["places"]["at_sea"].sum()) >= FULL_SCALE_CAGES
        targets = [target for target in load_targets() if target.key in values]
        arrays = {key: np.asarray(value) for key, value in values.items()}
        found = compare(targets, arrays, "decade", full_scale=full_scale)
        return [comparison for comparison in found if comparison.standing != "not measured"]


def read_accounts(
    warehouse: Warehouse, years: Sequence[int], threshold: float, progress: Callable[[int], None] = lambda year: None
) -> Accounts:
    """The accounts of these years, with the years before them in which their batches lived.

    Args:
        warehouse: where the rows are.
        years: the years, which follow each other.
        threshold: the scenario's treatment threshold, adult female lice per fish.
        progress: called with each year when it begins to be read.
    """
    lived = years_of_lives(warehouse, min(years))
    return Accounts(read_history(warehouse, years, progress=progress, before=lived), threshold)
