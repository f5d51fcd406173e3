"""Sensors, what they measure, and their imperfections."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aquamind_assets.scenario.quantities import (
    MOST_ENTRIES,
    Name,
    Probability,
    Range,
    Section,
    quantity,
    refuse_unknown,
    short_key,
    text,
    within,
)

Simulated = Literal["temperature", "oxygen", "ph", "salinity", "co2", "turbidity", "ammonia", "nitrite", "nitrate"]
"""What the water model simulates (``records.environmental.water``)."""


class ParameterSpec(Section):
    """An environmental parameter as AquaMind keeps it."""

    key: Simulated = quantity("what of the water model it is")
    name: str = text("name")
    unit: str = text("unit", longest=20)
    acceptance: Annotated[Range, within(-100, 99_999, apart=True)] = quantity(
        "readings outside are not accepted", "of the parameter", "specification, widened to what sensors see"
    )
    # AquaMind keeps that of temperature with the species too, with three digits before the point.
    optimal: Annotated[Range, within(-100, 999)] = quantity("optimal range", "of the parameter")


class ProbeSpec(Section):
    """A kind of sensor."""

    key: str = short_key("short key")
    parameter: str = quantity("key of the parameter it measures")
    sensor_type: Literal["TEMPERATURE", "OXYGEN", "PH", "SALINITY", "CO2", "OTHER"] = quantity("AquaMind's sensor type")
    noise_sd: float = quantity("sd of a reading's noise", "of the parameter", "suggested form", ge=0, le=100)
    bias_sd: float = quantity("sd of a sensor's bias", "of the parameter", "general knowledge", ge=0, le=100)
    resolution: float = quantity("step of the instrument", "of the parameter", "general knowledge", ge=0, le=100)
    depth_m: float = quantity("depth of the probe at sea", "m", "general knowledge", ge=0, le=100)


class Imperfections(Section):
    """What goes wrong with sensors; all 0, as in ``{}``, is the clean twin of the same seed."""

    gap_share: Probability = quantity("share of readings lost in gaps", "1", "general knowledge", default=0.0)
    stuck_per_year: float = quantity(
        "times a year a sensor repeats its last value", "1/year", "general knowledge", default=0.0, ge=0, le=100
    )
    drift_per_month: float = quantity(
        "drift in units of noise_sd until the next calibration",
        "noise sd/month",
        "general knowledge",
        default=0.0,
        ge=0,
        le=50,
    )
    fouling_per_month: float = quantity(
        "error by growth on a sensor at sea, in units of noise_sd, until it is cleaned; mean over the year",
        "noise sd/month",
        "general knowledge",
        default=0.0,
        ge=0,
        le=50,
    )
    spike_share: Probability = quantity("share of readings that are spikes", "1", "general knowledge", default=0.0)
    late_share: Probability = quantity("share of readings stored late", "1", "general knowledge", default=0.0)


CLEAN = Imperfections()
"""Nothing goes wrong."""


class WaterSpec(Section):
    """Sensors and readings."""

    parameters: Annotated[list[ParameterSpec], Field(min_length=1)]
    probes: Annotated[list[ProbeSpec], Field(min_length=1, max_length=MOST_ENTRIES)]
    readings_per_day: Literal[1, 2, 3, 4, 6, 8, 12, 24] = quantity("readings of each sensor in a day", "1/day")
    calibration_days: int = quantity("days between calibrations", "day", "general knowledge", ge=1, le=3650)
    cleaning_days: int = quantity(
        "days between cleanings of the sensors in a cage", "day", "general knowledge", default=28, ge=1, le=3650
    )
    manufacturers: Annotated[list[Name], Field(min_length=1)] = quantity("names of sensor manufacturers (invented)")
    imperfections: Imperfections

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        known: set[str] = {parameter.key for parameter in self.parameters}
        for probe in self.probes:
            refuse_unknown(f"probes.{probe.key}.parameter", {probe.parameter}, known)
        return self
