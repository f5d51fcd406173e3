"""Where and how much is farmed: places, stages, batches and the legal density, together."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from aquamind_assets.scenario.batches import ROOM_TO_GROW, STOCKING_DENSITY, BatchPlan
from aquamind_assets.scenario.places import ContainerTypeSpec, GeographySpec
from aquamind_assets.scenario.quantities import (
    MOST_ENTRIES,
    Probability,
    Section,
    quantity,
    refuse_sum,
    refuse_unknown,
    shown,
)
from aquamind_assets.scenario.stages import STAGE_NAMES, EggSpec, StageSpec

MOST_SITES = 30_000
MOST_CONTAINERS = 200_000
"""Fifty times the full scale."""


class DensityStep(Section):
    """One step of the legal density limit at sea."""

    below_weight_g: float = quantity("holds for fish lighter than this", "g", gt=0, le=1e6)
    max_kg_m3: float = quantity("highest legal density", "kg/m3", ge=0.1, le=200)


class FarmSpec(Section):
    """Everything about places, containers, stages and batches."""

    geographies: Annotated[list[GeographySpec], Field(min_length=1, max_length=MOST_ENTRIES)]
    container_types: Annotated[list[ContainerTypeSpec], Field(min_length=1, max_length=MOST_ENTRIES)]
    stages: Annotated[list[StageSpec], Field(min_length=6, max_length=6)]
    eggs: EggSpec
    batches: BatchPlan
    sea_density: Annotated[list[DensityStep], Field(min_length=1)] = quantity(
        "legal density at sea by weight, last step for all heavier fish", "kg/m3", "Faroese legal limit"
    )
    first_year_share: Probability = quantity(
        "share of the infrastructure commissioned in the first year; the rest by the end of session 1", "1", "design"
    )

    @property
    def area_of_site(self) -> dict[str, int]:
        """Row of each site among all sea areas, geography by geography: those with invented names, then the sites."""
        rows: dict[str, int] = {}
        first = 0
        for one in self.geographies:
            rows |= {site.name: first + one.areas + number for number, site in enumerate(one.sites)}
            first += len(one.cages_by_area)
        return rows

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        if tuple(stage.name for stage in self.stages) != STAGE_NAMES:
            raise ValueError(f"stages must be {', '.join(STAGE_NAMES)}, in this order")
        kinds = {kind.key: kind for kind in self.container_types}
        for geography in self.geographies:
            used = [hall.container_type for hall in geography.station_halls]
            cages = {key for area in [geography.area_cages, *geography.cages_by_area] for key in area}
            for path, keys, place in (("station_halls", used, "hall"), ("sites and area_cages", cages, "area")):
                standing = {key for key, kind in kinds.items() if kind.place == place}
                refuse_unknown(f"geographies.{geography.name}.{path}", set(keys), set(kinds))
                wrong = sorted(set(keys) - standing)
                if wrong:
                    raise ValueError(
                        f"geographies.{geography.name}.{path}: {', '.join(wrong)} do not stand there; allowed:"
                        f" container types whose place is {place}: {', '.join(sorted(standing))}"
                    )
        shares = {one.name: one.batch_share for one in self.geographies}
        if any(shares.values()) or not self.batches.stock:
            refuse_sum("the batch_share of the geographies", shares)
        sites = {site.name for one in self.geographies for site in one.sites}
        refuse_unknown("batches.stock.site", {one.site for one in self.batches.stock}, sites)
        return self

    @model_validator(mode="after")
    def _can_be_built(self) -> Self:
        halls = [(one, hall) for one in self.geographies for hall in one.station_halls]
        areas = [area for one in self.geographies for area in one.cages_by_area]
        sites = len(areas) + sum(one.stations * hall.halls for one, hall in halls)
        containers = sum(sum(area.values()) for area in areas)
        containers += sum(one.stations * hall.halls * hall.containers for one, hall in halls)
        limits = (("halls and areas", sites, MOST_SITES), ("containers", containers, MOST_CONTAINERS))
        if not containers:
            raise ValueError(
                "geographies have no containers; allowed: at least one station with a hall, or one sea area"
            )
        for what, amount, most in limits:
            if amount > most:
                raise ValueError(f"geographies have {amount:,} {what} together; allowed: at most {most:,}")
        return self

    @model_validator(mode="after")
    def _sites_differ(self) -> Self:
        names = [site.name for geography in self.geographies for site in geography.sites]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"geographies: the site {', '.join(twice)} given more than once; allowed: each name once")
        return self

    @model_validator(mode="after")
    def _density_rises(self) -> Self:
        for lighter, heavier in pairwise(self.sea_density):
            if lighter.below_weight_g >= heavier.below_weight_g or lighter.max_kg_m3 > heavier.max_kg_m3:
                raise ValueError(
                    f"sea_density: {_step(lighter)}, then {_step(heavier)}; allowed: steps whose below_weight_g rises,"
                    " and whose max_kg_m3 does not fall"
                )
        return self

    @model_validator(mode="after")
    def _stock_fits(self) -> Self:
        cages = {site.name: site.cages for one in self.geographies for site in one.sites}
        kinds = {kind.key: kind for kind in self.container_types}
        for stock in self.batches.stock:
            adult = stock.weight_g >= self.stages[-1].entry_weight_g
            rooms = [
                self._room(kinds[key], stock.weight_g)
                for key, amount in cages[stock.site].items()
                for _ in range(amount)
                if ("Adult" if adult else "Post-Smolt") in kinds[key].stages
                and (kinds[key].max_weight_g or 1e9) > ROOM_TO_GROW * stock.weight_g
            ]
            most = sum(sorted(rooms, reverse=True)[: stock.cages])
            if stock.fish > most:
                raise ValueError(
                    f"batches.stock of {stock.site} on {stock.day}: {stock.fish:,} fish of {shown(stock.weight_g)} g;"
                    f" allowed: at most {int(most):,}, which its cages hold"
                )
        return self

    def _room(self, kind: ContainerTypeSpec, weight: float) -> float:
        """Fish of ``weight`` (g) that a cage may be stocked with."""
        steps = self.sea_density
        legal = next((step.max_kg_m3 for step in steps if weight < step.below_weight_g), steps[-1].max_kg_m3)
        return STOCKING_DENSITY * min(legal, kind.max_density_kg_m3) * kind.volume_m3 * 1000 / weight

    @model_validator(mode="after")
    def _fish_grow(self) -> Self:
        stages = {stage.name: stage.entry_weight_g for stage in self.stages}
        plan = self.batches
        weights = {
            "stages.Egg&Alevin.entry_weight_g": stages["Egg&Alevin"],
            "eggs.alevin_weight_g": self.eggs.alevin_weight_g,
            "stages.Fry.entry_weight_g": stages["Fry"],
            "stages.Parr.entry_weight_g": stages["Parr"],
            "stages.Smolt.entry_weight_g": stages["Smolt"],
            "stages.Post-Smolt.entry_weight_g": stages["Post-Smolt"],
            "stages.Adult.entry_weight_g": stages["Adult"],
            "batches.harvest_weight_g.low": plan.harvest_weight_g.low,
        }
        for (name, lighter), (other, heavier) in pairwise(weights.items()):
            if lighter > heavier or (lighter == heavier and "eggs." not in name + other):
                raise ValueError(
                    f"{name} {shown(lighter)} is not below {other} {shown(heavier)}; allowed: fish that grow"
                )
        if not stages["Smolt"] < plan.smolt_weight_g < plan.harvest_weight_g.low:
            raise ValueError(
                f"batches.smolt_weight_g {shown(plan.smolt_weight_g)}; allowed: above stages.Smolt.entry_weight_g"
                f" {shown(stages['Smolt'])}, below batches.harvest_weight_g.low {shown(plan.harvest_weight_g.low)}"
            )
        return self

    @model_validator(mode="after")
    def _every_stage_has_its_place(self) -> Self:
        kinds = {kind.key: kind for kind in self.container_types}
        for geography in self.geographies:
            if not geography.batch_share:
                continue
            stations = geography.station_halls if geography.stations else []
            halls = {stage for hall in stations for stage in kinds[hall.container_type].stages}
            homeless = [name for name in STAGE_NAMES[:4] if name not in halls]
            if homeless:
                raise ValueError(
                    f"geographies.{geography.name}: no hall for {', '.join(homeless)}; allowed where batches start"
                    f" (batch_share {shown(geography.batch_share)}): stations and station_halls whose container types"
                    " hold every stage before the sea"
                )
            if not geography.cages_by_area:
                raise ValueError(
                    f"geographies.{geography.name}: no sea area; allowed where batches start (batch_share"
                    f" {shown(geography.batch_share)}): sites, or areas of at least 1"
                )
            for area in geography.cages_by_area:
                cages = [kinds[key] for key, amount in area.items() if amount]
                at_sea = {stage for kind in cages for stage in kind.stages}
                homeless = [name for name in STAGE_NAMES[4:] if name not in at_sea]
                if homeless:
                    raise ValueError(
                        f"geographies.{geography.name}: no cage for {', '.join(homeless)}; allowed where batches start"
                        f" (batch_share {shown(geography.batch_share)}): areas whose cages hold every stage at sea"
                    )
                if not any("Adult" in kind.stages and kind.max_weight_g is None for kind in cages):
                    raise ValueError(
                        f"geographies.{geography.name}: every cage for Adult has a max_weight_g; allowed where batches"
                        " start: areas with at least one cage without, in which fish grow to their harvest"
                    )
        return self


def _step(step: DensityStep) -> str:
    return f"{shown(step.max_kg_m3)} kg/m3 below {shown(step.below_weight_g)} g"
