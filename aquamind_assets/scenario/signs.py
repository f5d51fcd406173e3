"""Signs of a disease: on the fish, at post-mortem, and in the laboratory.

Belongs here: what signs a disease can have. Does not belong here: outbreaks (``farm``), and the sentences made of these
phrases (``records.health.journal``).
"""

from typing import Annotated, Literal

from pydantic import Field

from aquamind_assets.scenario.quantities import Section, quantity

HealthParameter = Literal[
    "Gill Condition",
    "Fin Condition",
    "Skin and Scales",
    "Eye Condition",
    "Sea Lice Damage",
    "Spine and Jaw",
    "Liver Colour",
    "Mucus Layer",
    "Body Condition",
    "Swimming and Appetite",
]
"""What is scored when fish are sampled."""

Analyte = Literal[
    "haematocrit", "chloride", "glucose", "cortisol", "creatine_kinase", "alanine_transaminase", "troponin"
]
"""What the laboratory measures in blood."""

Phrases = Annotated[list[Annotated[str, Field(min_length=1, max_length=80)]], Field(min_length=1)]


class Signs(Section):
    """Signs of a disease (textbook knowledge of salmon medicine, in our own wording)."""

    agent: str = quantity("the agent, as named by a laboratory", "", "general knowledge", min_length=1, max_length=60)
    assay: str = quantity("name of the PCR assay", "", "general knowledge", min_length=1, max_length=30)
    behaviour: Phrases = quantity("signs visible from the edge of the container", "", "general knowledge")
    findings: Phrases = quantity("findings on and in the fish", "", "general knowledge")
    scores: dict[HealthParameter, Annotated[float, Field(ge=0, le=4)]] = quantity(
        "points that a sick fish scores above a healthy one, by health parameter", "point", "general knowledge"
    )
    blood: dict[Analyte, Annotated[float, Field(gt=0, le=20)]] = quantity(
        "factor on blood analytes of sick fish, by analyte", "1", "general knowledge"
    )
    bacterial: bool = quantity("whether it grows on an agar plate", "", "general knowledge")


GENERAL_SIGNS = Signs(
    agent="the suspected agent",
    assay="agent",
    behaviour=["lethargic fish", "reduced appetite"],
    findings=["pale organs", "thin fish"],
    scores={"Swimming and Appetite": 1.8, "Body Condition": 1.0, "Gill Condition": 0.8},
    blood={"haematocrit": 0.85},
    bacterial=False,
)
"""Signs of a disease whose own are not given."""
