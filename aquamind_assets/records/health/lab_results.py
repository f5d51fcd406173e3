"""Laboratory results of a sample: numbers as JSON, and a sentence.

Belongs here: reference values of healthy salmon, the effects of the scenario's diseases on them, and the format of a
result. Does not belong here: which fish are sampled when (``lab_samples``). Reference values are general knowledge of
salmon medicine, rounded.

The JSON always has ``sample`` (the type), ``abnormal`` (true or false) and the measurements, with their units in their
names.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aquamind_assets.scenario.health import DiseaseSpec
from aquamind_assets.scenario.signs import Analyte, Signs
from aquamind_assets.streams import ByName

_FISH_OF_A_SAMPLE = (5, 10)
_POSITIVE_CT = (18.0, 31.0)
"""Threshold cycles in an outbreak: the lower, the more of the agent."""
_LEAST_PREVALENCE = 0.35
"""Share of the fish of an infected container that carry the agent, sick or not; sick fish are added to it (general
knowledge)."""

BLOOD: dict[Analyte, tuple[str, float, float]] = {
    "haematocrit": ("haematocrit_percent", 44.0, 3.0),
    "chloride": ("plasma_chloride_mmol_l", 128.0, 4.0),
    "glucose": ("plasma_glucose_mmol_l", 4.6, 0.6),
    "cortisol": ("plasma_cortisol_ng_ml", 18.0, 7.0),
    "creatine_kinase": ("creatine_kinase_u_l", 4200.0, 900.0),
    "alanine_transaminase": ("alanine_transaminase_u_l", 12.0, 3.0),
    "troponin": ("cardiac_troponin_ng_ml", 0.35, 0.1),
}
"""Analyte: name in the result, mean and standard deviation of the mean of a sample of healthy fish."""


@dataclass(frozen=True)
class Patient:
    """Origin of a sample.

    Attributes:
        sample_type: one of ``master_ids.SAMPLE_TYPES``.
        disease: the true infection in the container, or None.
        sick_share: share of its fish that are clinically sick.
        at_sea: sea or fresh water.
        temperature: water temperature, degC.
    """

    sample_type: str
    disease: DiseaseSpec | None
    sick_share: float
    at_sea: bool
    temperature: float


@dataclass(frozen=True)
class Finding:
    """A result: a sentence, the numbers as JSON text, and whether it is abnormal."""

    summary: str
    results: str
    abnormal: bool


def examine(patient: Patient, panel: Sequence[DiseaseSpec], draws: np.random.Generator) -> Finding:
    """Return the result of one sample; ``panel`` are the diseases for which fish of this stage are screened."""
    signs = patient.disease.signs if patient.disease else None
    match patient.sample_type:
        case "Blood":
            abnormal, values, sentence = _blood(patient, signs, draws)
        case "Gill":
            abnormal, values, sentence = _gill(patient, signs, panel, draws)
        case "Tissue":
            abnormal, values, sentence = _tissue(patient, signs, panel, draws)
        case "Faecal":
            abnormal, values, sentence = _faecal(draws)
        case _:
            abnormal, values, sentence = _water(patient, draws)
    results = {"sample": patient.sample_type, "abnormal": abnormal, **values}
    return Finding(sentence, json.dumps(results), abnormal)


_Result = tuple[bool, dict[str, Any], str]


def _blood(patient: Patient, signs: Signs | None, draws: np.random.Generator) -> _Result:
    """Return means over the sampled fish; sick fish among them move a mean by the effect of the disease."""
    fish = int(draws.integers(*_FISH_OF_A_SAMPLE, endpoint=True))
    noise = np.clip(draws.standard_normal(len(BLOOD)), -1.9, 1.9)
    share = min(1.0, _LEAST_PREVALENCE + patient.sick_share) if signs and signs.blood else 0.0
    values: dict[str, Any] = {"fish": fish}
    outside = []
    for (analyte, (name, mean, sd)), z in zip(BLOOD.items(), noise, strict=True):
        factor = signs.blood.get(analyte, 1.0) if signs else 1.0
        value = (mean + sd * z) * (1 + share * (factor - 1))
        values[name] = round(float(value), 2)
        if abs(value - mean) > 2 * sd and factor != 1.0:
            outside.append(f"{'raised' if value > mean else 'low'} {analyte.replace('_', ' ')}")
    if not outside:
        return (
            False,
            values,
            f"Blood of {fish} fish within normal range; haematocrit {values['haematocrit_percent']:.1f} %.",
        )
    return True, values, f"Blood of {fish} fish: {', '.join(outside)}."


def _pcr(
    patient: Patient, signs: Signs | None, panel: Sequence[DiseaseSpec], fish: int, draws: np.random.Generator
) -> tuple[dict[str, Any], str]:
    """Return the PCR of every agent on the panel: fish tested and positive, and the mean threshold cycle of the
    positive ones (null if there are none)."""
    assays = list(dict.fromkeys([*(disease.signs.assay for disease in panel), *([signs.assay] if signs else [])]))
    values: dict[str, Any] = {assay: {"tested": fish, "positive": 0, "ct": None} for assay in assays}
    sentence = f"PCR negative for {', '.join(assays)}" if assays else "No agent screened"
    if signs:
        positive = max(1, int(draws.binomial(fish, min(0.95, _LEAST_PREVALENCE + patient.sick_share))))
        cycle = round(float(draws.uniform(*_POSITIVE_CT)), 1)
        values[signs.assay] = {"tested": fish, "positive": positive, "ct": cycle}
        sentence = f"PCR positive for {signs.agent} in {positive} of {fish} fish (mean Ct {cycle})"
    return values, sentence


def _gill(patient: Patient, signs: Signs | None, panel: Sequence[DiseaseSpec], draws: np.random.Generator) -> _Result:
    fish = int(draws.integers(*_FISH_OF_A_SAMPLE, endpoint=True))
    hits_gills = signs is not None and signs.scores.get("Gill Condition", 0.0) > 0
    gill_panel = [disease for disease in panel if disease.signs.scores.get("Gill Condition", 0.0) > 0]
    pcr, sentence = _pcr(patient, signs if hits_gills else None, gill_panel, fish, draws)
    score = float(draws.uniform(0.0, 0.6)) + (float(draws.uniform(1.0, 2.6)) if hits_gills else 0.0)
    values = {
        "fish": fish,
        "gill_score_mean": round(score, 2),
        "epithelial_hyperplasia_percent": round(3 + 14 * score + float(draws.uniform(0, 3)), 1),
        "pcr": pcr,
    }
    return hits_gills, values, f"{sentence}. Mean gill score {score:.1f} of 5."


def _tissue(patient: Patient, signs: Signs | None, panel: Sequence[DiseaseSpec], draws: np.random.Generator) -> _Result:
    fish = int(draws.integers(*_FISH_OF_A_SAMPLE, endpoint=True))
    pcr, sentence = _pcr(patient, signs, panel, fish, draws)
    values: dict[str, Any] = {"fish": fish, "organs": ["heart", "kidney", "liver"], "pcr": pcr}
    grown = int(10 ** draws.uniform(3.5, 6.5)) if signs and signs.bacterial else 0
    values["kidney_culture_cfu_g"] = grown
    if grown and signs:
        sentence += f"; {signs.agent} grown from kidney"
    if signs:
        luck = ByName(int(draws.integers(2**32)), "post_mortem")
        sentence += f". Post-mortem: {max(signs.findings, key=luck.uniform)}"
    return signs is not None, values, sentence + "."


def _faecal(draws: np.random.Generator) -> _Result:
    """Return the gut flora, which none of the scenario's diseases changes."""
    count = int(10 ** draws.uniform(4.5, 6.5))
    values = {
        "culturable_bacteria_cfu_g": count,
        "dry_matter_percent": round(float(draws.uniform(10.5, 16.5)), 1),
        "parasites_seen": False,
    }
    return False, values, f"Normal gut flora, {count:.1e} CFU/g; no parasites."


def _water(patient: Patient, draws: np.random.Generator) -> _Result:
    """Return the bacteria in the water, which rise with its temperature."""
    count = int(10 ** draws.uniform(2.2, 3.2) * (1 + patient.temperature / 10))
    values: dict[str, Any] = {
        "heterotrophic_bacteria_cfu_ml": count,
        "suspended_solids_mg_l": round(float(draws.uniform(0.5, 7.0)), 1),
    }
    if patient.at_sea:
        values["chlorophyll_ug_l"] = round(float(draws.lognormal(0.2, 0.5)), 2)
    else:
        values["total_ammonia_nitrogen_mg_l"] = round(float(draws.uniform(0.02, 0.6)), 2)
        values["nitrite_nitrogen_mg_l"] = round(float(draws.uniform(0.005, 0.08)), 3)
    return False, values, f"Water within limits; {count} CFU/mL."
