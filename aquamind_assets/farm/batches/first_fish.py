"""The first fish of a batch: they come into containers from nowhere, and the movement of it is booked.

Belongs here: arrivals that begin a batch. Does not belong here: when a batch begins and where (``starting``,
``stocking``).
"""

import numpy as np

from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Movement


def put_in(farm: Farm, batch: int, stage: int, containers: np.ndarray, parts: np.ndarray, weight_g: float) -> None:
    """Puts ``parts`` fish of one mean weight into the ``containers``, each of shape (containers,)."""
    for container, part in zip(containers.tolist(), parts.tolist(), strict=True):
        assignment = farm.arrive(container, batch, stage, part, weight_g, 0.0)
        farm.book.movement(
            movement_id=farm.next_id("movement"),
            day=farm.today.day,
            kind=Movement.STOCKING,
            batch_id=int(farm.batches["batch_id"][batch]),
            from_assignment=-1,
            to_assignment=assignment,
            from_container=-1,
            to_container=container,
            from_stage=-1,
            to_stage=stage,
            source_count=0,
            count=part,
            loss=0,
            weight_g=weight_g,
        )
