"""Signs of the scenario's diseases: on the fish, at post-mortem, and in the laboratory.

Belongs here: clinical signs, findings and laboratory markers of each disease (textbook knowledge of salmon medicine, in
our own wording). Does not belong here: outbreaks (``farm``), and the sentences made of these phrases
(``journal.grammar``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Signs:
    """Signs of a disease.

    Attributes:
        agent: the agent, as named by a laboratory.
        assay: name of the PCR assay.
        behaviour: signs visible from the edge of the container.
        findings: findings on and in the fish.
        scores: points that a sick fish scores above a healthy one, by name of health parameter.
        blood: factor on blood analytes of sick fish, by analyte.
        bacterial: whether it grows on an agar plate.
    """

    agent: str
    assay: str
    behaviour: tuple[str, ...]
    findings: tuple[str, ...]
    scores: Mapping[str, float] = field(default_factory=dict)
    blood: Mapping[str, float] = field(default_factory=dict)
    bacterial: bool = False


SIGNS: dict[str, Signs] = {
    "PD": Signs(
        agent="salmonid alphavirus",
        assay="SAV",
        behaviour=(
            "fish hanging listless at the surface",
            "a sudden drop in appetite",
            "slow fish along the net wall",
            "faecal casts in the water",
        ),
        findings=(
            "yellow mucoid gut content",
            "loss of pancreatic fat tissue",
            "pale heart with patches",
            "thin fish with an empty stomach",
        ),
        scores={"Body Condition": 2.0, "Swimming and Appetite": 2.2, "Liver Colour": 1.2},
        blood={"creatine_kinase": 4.0, "haematocrit": 0.9, "troponin": 3.0},
    ),
    "SRS": Signs(
        agent="Piscirickettsia salmonis",
        assay="P. salmonis",
        behaviour=("dark fish near the surface", "lethargic fish by the net wall", "loss of appetite"),
        findings=("ring-shaped lesions in the liver", "pale gills", "swollen spleen and kidney", "shallow skin ulcers"),
        scores={"Liver Colour": 2.4, "Skin and Scales": 1.6, "Gill Condition": 0.8, "Swimming and Appetite": 1.5},
        blood={"haematocrit": 0.6, "alanine_transaminase": 2.5},
        bacterial=True,
    ),
    "IPN": Signs(
        agent="infectious pancreatic necrosis virus",
        assay="IPNV",
        behaviour=("fish whirling about their long axis", "trailing white faecal casts", "fry gathering at the outlet"),
        findings=(
            "distended belly",
            "pale liver",
            "clear mucus in stomach and gut",
            "pinpoint bleeding over the pyloric caeca",
        ),
        scores={"Swimming and Appetite": 2.4, "Liver Colour": 1.5, "Body Condition": 1.0, "Eye Condition": 0.6},
        blood={"haematocrit": 0.85},
    ),
    "HSMI": Signs(
        agent="piscine orthoreovirus",
        assay="PRV-1",
        behaviour=("reduced appetite", "fish standing deep and slow to respond", "deaths after handling"),
        findings=("pale, flabby heart", "fluid around the heart", "yellow liver", "inflamed red muscle"),
        scores={"Swimming and Appetite": 1.6, "Liver Colour": 1.8, "Body Condition": 0.6},
        blood={"creatine_kinase": 3.0, "troponin": 4.0, "haematocrit": 0.9},
    ),
    "AGD": Signs(
        agent="Neoparamoeba perurans",
        assay="N. perurans",
        behaviour=(
            "flared gill covers",
            "fast breathing",
            "fish gathering near the surface",
            "fish slow to come up at feeding",
        ),
        findings=(
            "white mucoid patches on the gills",
            "raised gill score on several arches",
            "thickened gill filaments",
        ),
        scores={"Gill Condition": 2.6, "Swimming and Appetite": 1.0, "Mucus Layer": 0.8},
        blood={"chloride": 1.08, "cortisol": 2.0},
    ),
    "FUR": Signs(
        agent="Aeromonas salmonicida",
        assay="A. salmonicida",
        behaviour=("dark, lethargic fish", "fish off feed", "sudden deaths among the largest fish"),
        findings=(
            "boils in the muscle",
            "bleeding at the base of the fins",
            "enlarged spleen",
            "bloody fluid in the belly",
        ),
        scores={"Skin and Scales": 2.6, "Fin Condition": 1.2, "Swimming and Appetite": 1.2},
        blood={"haematocrit": 0.75},
        bacterial=True,
    ),
    "ISA": Signs(
        agent="infectious salmon anaemia virus",
        assay="ISAV",
        behaviour=("listless fish hanging in the corners", "fish gasping at the surface", "no response to feeding"),
        findings=(
            "pale gills",
            "dark liver",
            "pinpoint bleeding in the belly fat",
            "bleeding in the eye chamber",
            "bloody fluid in the belly",
        ),
        scores={"Gill Condition": 2.0, "Eye Condition": 1.8, "Liver Colour": 2.4, "Swimming and Appetite": 1.8},
        blood={"haematocrit": 0.35, "cortisol": 2.5},
    ),
    "CMS": Signs(
        agent="piscine myocarditis virus",
        assay="PMCV",
        behaviour=("sudden deaths of large fish in good condition", "deaths after crowding", "fish swimming weakly"),
        findings=(
            "clotted blood around the heart",
            "ruptured atrium",
            "raised scales and bulging eyes",
            "fluid in the belly",
        ),
        scores={"Eye Condition": 1.4, "Skin and Scales": 1.0, "Liver Colour": 1.2, "Swimming and Appetite": 0.8},
        blood={"troponin": 5.0, "creatine_kinase": 1.8},
    ),
    "WU": Signs(
        agent="Moritella viscosa",
        assay="M. viscosa",
        behaviour=("fish with visible sores at the surface", "weak fish in the cold upper water", "reduced appetite"),
        findings=("ulcers on the flanks", "red spots on the belly", "eroded jaws and tails", "ulcers with a white rim"),
        scores={"Skin and Scales": 2.8, "Fin Condition": 1.6, "Mucus Layer": 0.8},
        blood={"chloride": 1.12, "haematocrit": 0.85},
        bacterial=True,
    ),
    "COSTIA": Signs(
        agent="Ichthyobodo necator",
        assay="Ichthyobodo",
        behaviour=("fish flashing against the tank wall", "fry crowding at the inlet", "fish off feed"),
        findings=("grey film on the skin", "frayed fins", "swollen gills with much mucus"),
        scores={"Mucus Layer": 2.4, "Gill Condition": 1.6, "Fin Condition": 1.2, "Swimming and Appetite": 0.8},
        blood={},
    ),
}

_ANY = Signs(
    agent="the suspected agent",
    assay="agent",
    behaviour=("lethargic fish", "reduced appetite"),
    findings=("pale organs", "thin fish"),
    scores={"Swimming and Appetite": 1.8, "Body Condition": 1.0, "Gill Condition": 0.8},
    blood={"haematocrit": 0.85},
)


def signs_of(key: str) -> Signs:
    """Return the signs of a scenario's disease; a disease without a description here has the general signs."""
    return SIGNS.get(key, _ANY)
