"""The scenario: one validated object that the whole platform is a function of."""

import hashlib
from typing import Self

from pydantic import model_validator

from aquamind_assets.scenario.biology import BiologySpec
from aquamind_assets.scenario.entries import EntrySpec
from aquamind_assets.scenario.farm import FarmSpec
from aquamind_assets.scenario.health import HealthSpec
from aquamind_assets.scenario.prices import PriceSpec
from aquamind_assets.scenario.quantities import Section, quantity, refuse_unknown, shown, text
from aquamind_assets.scenario.supply import FeedPlan
from aquamind_assets.scenario.water import WaterSpec


class SessionSpec(Section):
    """A named range of years: jobs, command and reports know it by its number."""

    name: str = text("what the session is about")
    first_year: int = quantity("first year", "year", ge=1991, le=2095)
    last_year: int = quantity("last year", "year", ge=1991, le=2095)


class Scenario(Section):
    """Everything that decides what is generated."""

    name: str = text("name of the scenario")
    seed: int = quantity("the one seed; every draw is keyed by it", ge=0, le=2**63 - 1)
    first_year: int = quantity("first simulated year", "year", ge=1991, le=2095)
    last_year: int = quantity("last year of the history that `run` makes", "year", ge=1991, le=2095)
    sessions: list[SessionSpec] = quantity("named ranges of years, number 1 first")
    memory_budget_mb: int | None = quantity(
        "memory a process may use; none: from the control group, else from the machine", "MB", ge=200, le=10_000_000
    )
    farm: FarmSpec
    biology: BiologySpec
    health: HealthSpec
    feed: FeedPlan
    water: WaterSpec
    entries: EntrySpec = EntrySpec()
    prices: PriceSpec = PriceSpec()

    @model_validator(mode="after")
    def _years_in_order(self) -> Self:
        if self.first_year > self.last_year:
            raise ValueError(f"first_year {self.first_year} is after last_year {self.last_year}")
        expected = self.first_year
        for number, session in enumerate(self.sessions, start=1):
            if session.first_year != expected or session.last_year < session.first_year:
                raise ValueError(
                    f"session {number} must begin in {expected} and not end before it begins:"
                    f" {session.first_year}-{session.last_year}"
                )
            expected = session.last_year + 1
        if self.sessions and expected != self.last_year + 1:
            raise ValueError(f"sessions end in {expected - 1}, the history in {self.last_year}")
        staging = self.farm.batches.staging
        if staging is not None and staging.date.year not in self.years:
            raise ValueError(
                f"farm.batches.staging.date {staging.date}: allowed are days of the history, {self.first_year} to"
                f" {self.last_year}"
            )
        return self

    @model_validator(mode="after")
    def _names_meet_across_sections(self) -> Self:
        probes = {probe.key for probe in self.water.probes}
        for kind in self.farm.container_types:
            refuse_unknown(f"farm.container_types.{kind.key}.probes", set(kind.probes), probes)
        sites = {site.name for geography in self.farm.geographies for site in geography.sites}
        connectivity = self.health.lice.connectivity
        refuse_unknown("health.lice.connectivity", set(connectivity), sites)
        for start, ends in connectivity.items():
            refuse_unknown(f"health.lice.connectivity.{start}", set(ends), sites - {start})
        diseases = {disease.key for disease in self.health.diseases}
        for geography in self.farm.geographies:
            path = f"farm.geographies.{geography.name}.disease_scale"
            refuse_unknown(path, set(geography.disease_scale), diseases)
            path = f"farm.geographies.{geography.name}.unused_treatments"
            refuse_unknown(path, set(geography.unused_treatments), {one.key for one in self.health.treatments})
        return self

    @model_validator(mode="after")
    def _every_stage_is_fed(self) -> Self:
        for stage in self.farm.stages[1:]:
            eaten = [feed.from_weight_g for feed in self.feed.feeds if stage.name in feed.stages]
            if min(eaten, default=1e9) > stage.entry_weight_g:
                raise ValueError(
                    f"feed.feeds: none for {stage.name} from {shown(stage.entry_weight_g)} g on; allowed: a feed for"
                    " every stage, from its entry_weight_g on"
                )
        return self

    @property
    def years(self) -> range:
        """The years of the history."""
        return range(self.first_year, self.last_year + 1)

    def fingerprint(self) -> str:
        """Sixteen hex digits that change when anything that decides the data changes (not the name, memory, the end of
        the history, or sessions but for the end of the first one, by which everything is built)."""
        return self._hash(set())

    def farm_fingerprint(self) -> str:
        """The same for what decides the ledger: sensors, their imperfections, mistakes of those who enter numbers, and
        prices do not."""
        return self._hash({"water", "entries", "prices"})

    def _hash(self, leave_out: set[str]) -> str:
        dumped = self.model_dump_json(exclude={"name", "last_year", "sessions", "memory_budget_mb"} | leave_out)
        dumped += str(self.sessions[0].last_year if self.sessions else self.first_year)
        return hashlib.blake2b(dumped.encode(), digest_size=8).hexdigest()
