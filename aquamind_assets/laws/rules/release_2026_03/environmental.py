"""Rules of readings and transitions that release 2026-03 adds."""

from aquamind_assets.laws.rules.model import Rule
from aquamind_assets.warehouse.ddl import READINGS

RULES: list[Rule] = [
    Rule(
        f"{READINGS}.batch_container_assignment_id.stay",
        READINGS,
        "A reading names the stay of its batch in its container, or neither stay nor batch.",
        query=(
            f"SELECT t.id FROM {READINGS} t LEFT JOIN batch_batchcontainerassignment a ON a.id ="
            " t.batch_container_assignment_id WHERE {rows} AND ((t.batch_id IS NULL) <> (a.id IS NULL) OR a.batch_id <>"
            " t.batch_id OR a.container_id <> t.container_id)"
        ),
        by_chunk=True,
    ),
]
