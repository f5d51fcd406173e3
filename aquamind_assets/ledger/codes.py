"""The codes in the ledger's columns: stages, causes of death, kinds of movement, reasons and outcomes.

A code is never renumbered, because later code reads ledgers of earlier years.

Belongs here: enumerations of the ledger. Does not belong here: AquaMind's own choices (``tables``), the frames with the
codes (``model``).
"""

from enum import IntEnum


class Stage(IntEnum):
    """Lifecycle stages. AquaMind's ``order`` is the value + 1."""

    EGG_ALEVIN = 0
    FRY = 1
    PARR = 2
    SMOLT = 3
    POST_SMOLT = 4
    ADULT = 5


class Cause(IntEnum):
    """Causes of death, in the order of the ``deaths_*`` columns. AquaMind stores ESCAPE as OTHER."""

    HANDLING = 0
    DISEASE = 1
    ENVIRONMENTAL = 2
    UNKNOWN = 3
    PREDATION = 4
    ESCAPE = 5


class Movement(IntEnum):
    """Kinds of movement of fish. SPLITTING is any movement within a stage and batch: at sea for room, in the hatchery
    from trays to start tanks after hatch."""

    STOCKING = 0
    STAGE_TRANSFER = 1
    SPLITTING = 2
    HARVEST = 3
    MIXING = 4


class HarvestReason(IntEnum):
    """Reason for harvesting a cage. DUE: with its batch, at the target weight or at the end of the time in grow-out.
    CROWDED: in part, because the fish had no room to grow and no other cage was free. SICK: at once, before more fish
    die."""

    DUE = 0
    CROWDED = 1
    SICK = 2


class BatchStatus(IntEnum):
    """AquaMind's batch statuses."""

    ACTIVE = 0
    COMPLETED = 1
    TERMINATED = 2


class TreatmentReason(IntEnum):
    """Reason for a treatment."""

    LICE = 0
    DISEASE = 1
    VACCINATION = 2


class Outcome(IntEnum):
    """AquaMind's treatment outcomes."""

    PENDING = 0
    SUCCESSFUL = 1
    PARTIAL = 2
    UNSUCCESSFUL = 3


class EventKind(IntEnum):
    """Acute events that kill or release fish."""

    STORM = 0
    PREDATOR_ATTACK = 1
    ALGAL_BLOOM = 2
    OXYGEN_DROP = 3
    ESCAPE = 4
    EQUIPMENT_FAILURE = 5
