"""What the rows add up to: fish at sea day by day, whole lives of batches, and the figures of some years.

Belongs here: arithmetic on :class:`~aquamind_assets.reports.history.History`, and the definition of every figure. Does
not belong here: queries (``history``), words and pages (``page``).

Fish are counted only where nothing of their life is missing in the database: a batch is *followed* up to a day if fish
and feed are written on every day from its eggs to that day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aquamind_assets.realism.statistics import FULL_SCALE_CAGES, GUTTED, SETTLED_YEARS
from aquamind_assets.realism.targets import Finding, compare, load_targets
from aquamind_assets.reports.history import History
from aquamind_assets.reports.months import LICE_LIMIT
from aquamind_assets.timeline import day_number

WHOLE_MONTH_DAYS = 25
"""Days with fish that make a month of a site: the mortality of a few days, brought to a month, would say little."""

MONTH_DAYS = 30

_PLACES = {"Faroe Islands": "faroes", "Scotland": "scotland"}


@dataclass(frozen=True)
class Figures:
    """The headline figures of some years; nan where the rows cannot say.

    Attributes:
        harvest_t: round weight harvested, tonnes, by geography.
        harvested_fish: fish harvested.
        harvest_weight_kg: mean round weight of a harvested fish.
        batches_completed: batches whose last fish was harvested in these years, and whose whole life is written.
        survival_smolt_pct: of their eggs, those that came to sea.
        survival_harvest_pct: of those, the harvested ones; fish that went on in a mixed batch count in that one.
        economic_fcr: feed at sea over (harvested - stocked) biomass of these batches; what goes on in a mixed batch is
            harvested here and stocked there.
        biological_fcr: the same, with the dead since the first sea transfer counted as growth.
        farm_months: months of sites with fish on at least 25 days.
        sea_mortality_pct: mean mortality of these farm-months, percent in 30 days.
        sea_mortality_median_pct: their median.
        sea_mortality_p90_pct: what nine in ten stay below.
        sea_mortality_p95_pct: what nineteen in twenty stay below.
        lice_treatments: treatments against salmon lice.
        disease_treatments: treatments because of a disease.
        vaccinations: vaccinations.
        lice_counts: lice counts.
        adult_females: adult female lice on a fish, mean over farm-months.
        adult_females_median: their median.
        counts_above_limit_pct: lice counts above the limit, percent.
        feed_t: feed given, tonnes.
        feed_cost_eur: what it cost.
        deaths: dead fish of all ages, those of transfers included.
        active_batches: mean of the numbers on the first of each month.
        biomass_t: biomass at the end, tonnes, as last fed.
        rows: rows in all tables.
    """

    harvest_t: Mapping[str, float]
    harvested_fish: int
    harvest_weight_kg: float
    batches_completed: int
    survival_smolt_pct: float
    survival_harvest_pct: float
    economic_fcr: float
    biological_fcr: float
    farm_months: int
    sea_mortality_pct: float
    sea_mortality_median_pct: float
    sea_mortality_p90_pct: float
    sea_mortality_p95_pct: float
    lice_treatments: int
    disease_treatments: int
    vaccinations: int
    lice_counts: int
    adult_females: float
    adult_females_median: float
    counts_above_limit_pct: float
    feed_t: float
    feed_cost_eur: float
    deaths: int
    active_batches: float
    biomass_t: float
    rows: int


class Accounts:
    """The accounts of a history.

    Attributes:
        sites: ``day area_id batch_id opening in out dead`` of every followed day on which a batch has fish at a sea
            site.
        farm_months: ``area_id month days fish_days dead mortality_pct`` of sites that held fish on at least 25 days of
            the month.
        lives: one row for each completed batch that is followed to its end, by id.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.sites = _site_days(history)
        self.farm_months = _farm_months(self.sites)
        self.lives = _lives(history)
        self._figures: dict[tuple[int, ...], Figures] = {}

    def figures(self, years: Sequence[int]) -> Figures:
        """The figures of these years."""
        key = tuple(years)
        if key not in self._figures:
            self._figures[key] = _figures(self, key)
        return self._figures[key]


def _followed(history: History) -> "pd.Series[pd.Timestamp]":
    """By batch id: the last day up to which it is followed, NaT if it is not followed at all."""
    end = {}
    written = history.coverage.written
    for number, batch in history.batches.iterrows():
        reached, first = pd.NaT, day_number(batch["start"].date())
        for year in [year for year in written if year >= batch["start"].year]:
            through = history.coverage.years[year].through
            if through is None or not history.coverage.follows(first, through):
                break
            reached = pd.Timestamp("1970-01-01") + pd.Timedelta(days=through)
        end[number] = reached
    return pd.Series(end, dtype="datetime64[us]")


def _site_days(history: History) -> pd.DataFrame:
    area = history.places["area_id"]
    moves = history.moves.assign(
        source_area=history.moves["source"].map(area), target_area=history.moves["target"].map(area)
    )
    arrived = (
        moves.dropna(subset=["target_area"])
        .drop(columns="batch_id")
        .rename(columns={"target_area": "area_id", "new_batch_id": "batch_id", "fish": "in"})
    )
    arrived = arrived[["area_id", "batch_id", "day", "in"]]
    left = moves.dropna(subset=["source_area"]).rename(columns={"source_area": "area_id"})
    left = left.assign(out=left["fish"] + left["lost"])[["area_id", "batch_id", "day", "out"]]
    flows = pd.concat([arrived, left, history.sea_deaths], ignore_index=True).astype(
        {"area_id": "int64", "batch_id": "int64"}
    )
    followed = _followed(history)
    flows = flows[flows["day"] <= flows["batch_id"].map(followed)]
    parts = []
    for (site, batch), part in flows.groupby(["area_id", "batch_id"], sort=True):
        last = followed[batch]
        ended = history.batches["end"].get(batch)
        days = pd.date_range(part["day"].min(), last if pd.isna(ended) else min(last, ended), freq="D")
        daily = part.groupby("day")[["in", "out", "dead"]].sum().reindex(days, fill_value=0).astype("int64")
        daily.insert(0, "opening", (daily["in"] - daily["out"] - daily["dead"]).cumsum().shift(fill_value=0))
        daily.insert(0, "batch_id", batch)
        daily.insert(0, "area_id", site)
        # A site that this batch has left, or not reached yet, is not one of its days.
        parts.append(daily[(daily["opening"] + daily["in"]) > 0].rename_axis("day").reset_index())
    columns = ["day", "area_id", "batch_id", "opening", "in", "out", "dead"]
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame({name: pd.Series(dtype="int64") for name in columns}).astype({"day": "datetime64[us]"})
    )


def _farm_months(sites: pd.DataFrame) -> pd.DataFrame:
    fish = sites.assign(fish=sites["opening"] + sites["in"] - sites["out"] / 2 - sites["dead"] / 2)
    daily = fish.groupby(["area_id", "day"], as_index=False)[["fish", "dead"]].sum()
    daily["month"] = daily["day"].dt.to_period("M").dt.to_timestamp()
    monthly = daily.groupby(["area_id", "month"], as_index=False).agg(
        days=("day", "size"), fish_days=("fish", "sum"), dead=("dead", "sum")
    )
    monthly = monthly[monthly["days"] >= WHOLE_MONTH_DAYS].reset_index(drop=True)
    return monthly.assign(mortality_pct=100 * monthly["dead"] / monthly["fish_days"] * MONTH_DAYS)


def _lives(history: History) -> pd.DataFrame:
    # Fish that go on in a mixed batch are counted there: they leave their first batch's fish to harvest, and grow on in
    # the other one's growth.
    followed = _followed(history)
    batches = history.batches.dropna(subset=["end"])
    batches = batches[(batches["status"] == "COMPLETED") & (batches["end"] <= followed.reindex(batches.index))]
    at_sea = history.places.index[history.places["at_sea"]]
    moves = history.moves
    harvest = moves[moves["harvest"]]
    mixed = moves[~moves["harvest"] & (moves["new_batch_id"].fillna(0).astype("int64") != moves["batch_id"])]
    into_sea = moves[moves["target"].isin(at_sea)]
    to_sea = into_sea[~into_sea["source"].isin(at_sea)]
    sea_day = into_sea.groupby("new_batch_id")["day"].min()
    since_sea = history.deaths[history.deaths["day"] >= history.deaths["batch_id"].map(sea_day)]
    fed_at_sea = history.feed[history.feed["container_id"].isin(at_sea)]
    geography = (
        harvest.assign(geography=harvest["source"].map(history.places["geography"]))
        .groupby("batch_id")["geography"]
        .first()
    )
    sums = {
        "smolts": to_sea.groupby("batch_id")["fish"].sum(),
        "stocked_kg": to_sea.groupby("batch_id")["kg"].sum(),
        "sea_day": to_sea.groupby("batch_id")["day"].min(),
        "harvested": harvest.groupby("batch_id")["fish"].sum(),
        "harvest_kg": harvest.groupby("batch_id")["kg"].sum(),
        "given": mixed.groupby("batch_id")["fish"].sum(),
        "given_kg": mixed.groupby("batch_id")["kg"].sum(),
        "taken": mixed.groupby("new_batch_id")["fish"].sum(),
        "taken_kg": mixed.groupby("new_batch_id")["kg"].sum(),
        "dead": (
            history.deaths.groupby("batch_id")["dead"].sum().add(moves.groupby("batch_id")["lost"].sum(), fill_value=0)
        ),
        "sea_dead_kg": since_sea.groupby("batch_id")["kg"].sum(),
        "sea_feed_kg": fed_at_sea.groupby("batch_id")["kg"].sum(),
        "feed_kg": history.feed.groupby("batch_id")["kg"].sum(),
        "feed_eur": history.feed.groupby("batch_id")["eur"].sum(),
        "geography": geography,
    }
    lives = batches.join(pd.DataFrame({name: values.reindex(batches.index) for name, values in sums.items()}))
    counted = [name for name in sums if name not in ("sea_day", "geography")]
    lives[counted] = lives[counted].astype(float).fillna(0.0)
    return lives.assign(
        eggs=lives["harvested"] + lives["dead"] + lives["given"] - lives["taken"],
        to_harvest=lives["smolts"] + lives["taken"] - lives["given"],
        growth_kg=lives["harvest_kg"] + lives["given_kg"] - lives["stocked_kg"] - lives["taken_kg"],
        days=(lives["end"] - lives["start"]).dt.days,
    )


def _figures(accounts: Accounts, years: Sequence[int]) -> Figures:
    history = accounts.history
    low, high = pd.Timestamp(f"{min(years)}-01-01"), pd.Timestamp(f"{max(years) + 1}-01-01")

    def within(frame: pd.DataFrame, column: str = "day") -> pd.DataFrame:
        return frame[(frame[column] >= low) & (frame[column] < high)]

    moves, feed, counts = within(history.moves), within(history.feed, "month"), within(history.lice)
    harvest = moves[moves["harvest"]]
    tonnes = harvest.groupby(harvest["source"].map(history.places["geography"]))["kg"].sum() / 1000
    lives = within(accounts.lives, "end")
    farm_months = within(accounts.farm_months, "month")
    mortality = farm_months["mortality_pct"]
    kinds = within(history.treatments)["kind"].value_counts()
    counted = lice_months(history, counts)
    growth = lives["growth_kg"].sum()
    biomass = within(history.biomass, "month")
    active = active_batches(history, years)
    rows = history.rows
    return Figures(
        harvest_t={name: float(tonnes.get(name, 0.0)) for name in sorted(history.places["geography"].unique())},
        harvested_fish=int(harvest["fish"].sum()),
        harvest_weight_kg=_ratio(harvest["kg"].sum(), harvest["fish"].sum()),
        batches_completed=len(lives),
        survival_smolt_pct=100 * _ratio(lives["smolts"].sum(), lives["eggs"].sum()),
        survival_harvest_pct=100 * _ratio(lives["harvested"].sum(), lives["to_harvest"].sum()),
        economic_fcr=_ratio(lives["sea_feed_kg"].sum(), growth),
        biological_fcr=_ratio(lives["sea_feed_kg"].sum(), growth + lives["sea_dead_kg"].sum()),
        farm_months=len(mortality),
        sea_mortality_pct=float(mortality.mean()),
        sea_mortality_median_pct=float(mortality.median()),
        sea_mortality_p90_pct=float(mortality.quantile(0.9)),
        sea_mortality_p95_pct=float(mortality.quantile(0.95)),
        lice_treatments=int(kinds.get("lice", 0)),
        disease_treatments=int(kinds.get("disease", 0)),
        vaccinations=int(kinds.get("vaccination", 0)),
        lice_counts=len(counts),
        adult_females=float(counted["females"].mean()),
        adult_females_median=float(counted["females"].median()),
        counts_above_limit_pct=100 * _ratio((counts["females"] > LICE_LIMIT * counts["fish"]).sum(), len(counts)),
        feed_t=float(feed["kg"].sum()) / 1000,
        feed_cost_eur=float(feed["eur"].sum()),
        deaths=int(within(history.deaths)["dead"].sum() + moves["lost"].sum()),
        active_batches=float(active.mean()) if len(active) else float("nan"),
        biomass_t=(
            float(biomass.loc[biomass["month"] == biomass["month"].max(), "kg"].sum()) / 1000
            if len(biomass)
            else float("nan")
        ),
        rows=int(rows.loc[rows["year"].between(min(years), max(years)), "rows"].sum()),
    )


def lice_months(history: History, counts: pd.DataFrame) -> pd.DataFrame:
    """``area_id month females`` of these counts: adult females on a sampled fish in each farm-month."""
    summed = counts.assign(area_id=counts["container_id"].map(history.places["area_id"]), month=_month(counts))
    summed = summed.groupby(["area_id", "month"], as_index=False)[["females", "fish"]].sum()
    return summed.assign(females=summed["females"] / summed["fish"])


def active_batches(history: History, years: Sequence[int]) -> "pd.Series[int]":
    """Batches alive on the first of each month of these years that is written."""
    written = [year for year in years if year in history.coverage.written]
    months = [pd.Timestamp(year, month, 1) for year in written for month in range(1, 13)]
    through = history.coverage.through
    months = [month for month in months if through is not None and day_number(month.date()) <= through]
    start, end = history.batches["start"], history.batches["end"]
    return pd.Series(
        {month: int(((start <= month) & (end.isna() | (end > month))).sum()) for month in months}, dtype="int64"
    )


def by_month(accounts: Accounts, years: Sequence[int]) -> pd.DataFrame:
    """Each month of these years that has rows, by its first day: what was counted, 0 where nothing was; measures are
    NaN where there are none.

    Columns: ``active_batches biomass_t feed_t feed_cost_eur deaths harvested_fish harvest_t sea_mortality_pct
    adult_females lice_treatments disease_treatments vaccinations``; biomass at the end of the month, mortality and lice
    as means over the sites.
    """
    history = accounts.history
    active = active_batches(history, years)
    harvest = history.moves[history.moves["harvest"]]
    kinds = history.treatments.assign(one=1).pivot_table(
        index=_month(history.treatments), columns="kind", values="one", aggfunc="sum"
    )
    counted = {
        "feed_t": history.feed.groupby("month")["kg"].sum() / 1000,
        "feed_cost_eur": history.feed.groupby("month")["eur"].sum(),
        "deaths": _by_month(history.deaths, "dead").add(_by_month(history.moves, "lost"), fill_value=0),
        "harvested_fish": _by_month(harvest, "fish"),
        "harvest_t": _by_month(harvest, "kg") / 1000,
        **{f"{kind}_treatments" if kind != "vaccination" else "vaccinations": kinds[kind] for kind in kinds.columns},
    }
    measured = {
        "biomass_t": history.biomass.groupby("month")["kg"].sum() / 1000,
        "sea_mortality_pct": accounts.farm_months.groupby("month")["mortality_pct"].mean(),
        "adult_females": lice_months(history, history.lice).groupby("month")["females"].mean(),
    }
    frame = pd.DataFrame({"active_batches": active})
    for name in (
        "feed_t",
        "feed_cost_eur",
        "deaths",
        "harvested_fish",
        "harvest_t",
        "lice_treatments",
        "disease_treatments",
        "vaccinations",
    ):
        frame[name] = counted[name].reindex(frame.index).fillna(0) if name in counted else 0
    for name, values in measured.items():
        frame[name] = values.reindex(frame.index)
    return frame


def _month(frame: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    return frame["day"].dt.to_period("M").dt.to_timestamp().rename("month")


def _by_month(frame: pd.DataFrame, column: str) -> "pd.Series[float]":
    return frame.groupby(_month(frame))[column].sum()


def published(accounts: Accounts, years: Sequence[int]) -> list[Finding]:
    """Those published figures that the written rows can be measured against, with the bands of
    ``realism/targets.yaml``."""
    measured = accounts.figures(years)
    values: dict[str, float] = {
        "harvest_weight": measured.harvest_weight_kg,
        "economic_fcr_sea": measured.economic_fcr,
        "biological_fcr_sea": measured.biological_fcr,
        "mortality_month_mean": measured.sea_mortality_pct,
        "mortality_month_median": measured.sea_mortality_median_pct,
        "mortality_month_p90": measured.sea_mortality_p90_pct,
        "mortality_month_p95": measured.sea_mortality_p95_pct,
        "adult_females_mean": measured.adult_females,
        "adult_females_median": measured.adult_females_median,
    }
    history = accounts.history
    settled = [
        year
        for year in years
        if year >= history.batches["start"].min().year + SETTLED_YEARS and history.coverage.years[year].is_whole
    ]
    for name, place in _PLACES.items():
        if settled and name in measured.harvest_t:
            values[f"harvest_gutted_{place}"] = (
                sum(accounts.figures([year]).harvest_t[name] for year in settled) / len(settled) * GUTTED / 1000
            )
    full_scale = int(history.places["at_sea"].sum()) >= FULL_SCALE_CAGES
    targets = [target for target in load_targets() if target.key in values]
    found = compare(targets, {key: np.asarray(value) for key, value in values.items()}, "decade", full_scale=full_scale)
    return [finding for finding in found if finding.verdict != "not measured"]


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole > 0 else float("nan")
