"""What was moved and harvested, read from the tables of any release in one form.

Belongs here: where a release keeps transfers, harvests and counts of adult female lice. Does not belong here: what must
hold for them (the other modules of this package), figures made of them (``reports``).

Release 2025-08 has one table of transfers; a harvest is a transfer without a destination. Release 2026-03 has actions
of transfer workflows, and harvests with lots by grade.
"""

from collections.abc import Mapping

from aquamind_assets.laws.evidence import id_condition
from aquamind_assets.records.health.lice_counts_by_type import COUNTED
from aquamind_assets.tables.releases import Release
from aquamind_assets.tables.schema import TableSpec

HARVEST = "moved.transfer_type = 'LIFECYCLE' AND moved.destination_assignment_id IS NULL"
"""A harvest among the transfers ``moved`` of release 2025-08: AquaMind empties a container by a LIFECYCLE transfer
without a destination, and the platform writes no other transfer without one."""

DEATHS_WITH_LOSSES: frozenset[Release] = frozenset({"2026-03"})
"""Releases in which fish that die in a transfer are among the recorded deaths too."""


def moves_sql(tables: Mapping[str, TableSpec], first: int, last: int) -> str:
    """Return a statement that selects every move out of a container on the days ``first`` to ``last``.

    Its columns are ``id``, ``day``, ``from_batch``, ``to_batch`` (NULL for a harvest), ``source`` and ``target``
    (stays; ``target`` NULL for a harvest), ``count`` of fish that arrived or were harvested, ``loss`` of fish that died
    in the move, ``kg`` of the former, and ``harvest``, 1 or 0.
    """
    if "batch_batchtransfer" in tables:
        return f"""
            SELECT moved.id AS id, moved.transfer_date AS day, moved.source_batch_id AS from_batch,
                moved.destination_batch_id AS to_batch, moved.source_assignment_id AS source,
                moved.destination_assignment_id AS target, moved.transferred_count AS count,
                moved.mortality_count AS loss, moved.transferred_biomass_kg AS kg,
                CASE WHEN {HARVEST} THEN 1 ELSE 0 END AS harvest
            FROM batch_batchtransfer AS moved
            WHERE {id_condition(tables["batch_batchtransfer"], first, last, "moved")}"""
    # The cross joins keep SQLite from reading all workflows and stays by their indexes on batches.
    return f"""
        SELECT moved.id AS id, moved.actual_execution_date AS day, flow.batch_id AS from_batch,
            arrived.batch_id AS to_batch, moved.source_assignment_id AS source, moved.dest_assignment_id AS target,
            moved.transferred_count AS count, moved.mortality_during_transfer AS loss,
            moved.transferred_biomass_kg AS kg, 0 AS harvest
        FROM batch_transferaction AS moved CROSS JOIN batch_batchtransferworkflow AS flow
        CROSS JOIN batch_batchcontainerassignment AS arrived
        WHERE {id_condition(tables["batch_transferaction"], first, last, "moved")} AND moved.status = 'COMPLETED'
            AND flow.id = moved.workflow_id AND arrived.id = moved.dest_assignment_id
        UNION ALL
        SELECT taken.id, date(taken.event_date), taken.batch_id, NULL, taken.assignment_id, NULL, lots.fish, 0,
            lots.kg + coalesce(waste.kg, 0), 1
        FROM harvest_harvestevent AS taken
        JOIN (
            SELECT lot.event_id, SUM(lot.unit_count) AS fish, SUM(lot.live_weight_kg) AS kg
            FROM harvest_harvestlot AS lot
            WHERE {id_condition(tables["harvest_harvestlot"], first, last, "lot")} GROUP BY lot.event_id
        ) AS lots ON lots.event_id = taken.id
        LEFT JOIN (
            SELECT part.event_id, SUM(part.weight_kg) AS kg FROM harvest_harvestwaste AS part
            WHERE {id_condition(tables["harvest_harvestwaste"], first, last, "part")} GROUP BY part.event_id
        ) AS waste ON waste.event_id = taken.id
        WHERE {id_condition(tables["harvest_harvestevent"], first, last, "taken")}"""


def female_lice_sql(tables: Mapping[str, TableSpec], first: int, last: int) -> str:
    """Return a statement that selects the adult female lice of every count on the days ``first`` to ``last``.

    Its columns are ``day``, ``batch``, ``place`` (the container), ``females`` and ``fish``, the number of fish counted.
    """
    of_days = id_condition(tables["health_licecount"], first, last, "counted")
    if "lice_type_id" not in tables["health_licecount"].by_name:
        return f"""
            SELECT counted.count_date AS day, counted.batch_id AS batch, counted.container_id AS place,
                counted.adult_female_count AS females, counted.fish_sampled AS fish
            FROM health_licecount AS counted WHERE {of_days}"""
    species, gender, stage = COUNTED[0]
    return f"""
        SELECT counted.count_date AS day, counted.batch_id AS batch, counted.container_id AS place,
            counted.count_value AS females, counted.fish_sampled AS fish
        FROM health_licecount AS counted CROSS JOIN health_licetype AS kind
        WHERE {of_days} AND kind.id = counted.lice_type_id AND kind.species = '{species}' AND kind.gender = '{gender}'
            AND kind.development_stage = '{stage}'"""
