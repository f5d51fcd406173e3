"""Recorders of how batches begin with eggs: where the eggs came from, and how they were laid in."""

from aquamind_assets.records.batch.creation_workflows import creation_workflows
from aquamind_assets.records.broodstock.origins import egg_origins
from aquamind_assets.records.broodstock.parents import parents
from aquamind_assets.records.recorder import Recorder

RECORDERS: tuple[Recorder, ...] = (
    Recorder(
        asset="egg_origins",
        group="broodstock",
        domain="batches",
        description=(
            "The eggs of each batch that begins with eggs: a supplier's delivery, or own eggs with their parents and"
            " the breeding plan."
        ),
        tables=(
            "broodstock_breedingplan",
            "broodstock_broodstockfish",
            "broodstock_breedingpair",
            "broodstock_eggproduction",
            "broodstock_externaleggbatch",
            "broodstock_batchparentage",
        ),
        events=(parents, egg_origins),
        upstream=("reference_data", "infrastructure", "batches"),
    ),
    Recorder(
        asset="creation_workflows",
        group="batch",
        domain="batches",
        description="Creation workflows: how batches began with eggs, with an action for each container.",
        tables=("batch_creationworkflow", "batch_creationaction"),
        events=(creation_workflows,),
        upstream=("egg_origins", "batches"),
    ),
)
"""The entries."""
