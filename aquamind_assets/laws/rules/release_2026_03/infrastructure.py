"""Rules of places and containers that release 2026-03 adds."""

from aquamind_assets.laws.rules.model import Rule, rule

_CONTAINER = "infrastructure_container"

RULES: list[Rule] = [
    rule(
        _CONTAINER,
        "parent_container_id.structural",
        "Only a container that holds other containers is above another one, in the same hall, area or carrier.",
        "t.parent_container_id = t.id OR [parent_container_id.hierarchy_role] <> 'STRUCTURAL' OR"
        " coalesce([parent_container_id.hall_id], 0) <> coalesce(t.hall_id, 0) AND t.parent_container_id IS NOT NULL OR"
        " coalesce([parent_container_id.area_id], 0) <> coalesce(t.area_id, 0) AND t.parent_container_id IS NOT NULL OR"
        " coalesce([parent_container_id.carrier_id], 0) <> coalesce(t.carrier_id, 0) AND t.parent_container_id IS NOT"
        " NULL",
    ),
    rule(
        "batch_batchcontainerassignment",
        "container_id.holding",
        "Fish are in containers that hold fish, not in those that hold other containers.",
        "[container_id.hierarchy_role] = 'STRUCTURAL'",
    ),
    rule(
        "infrastructure_area",
        "area_group_id.geography",
        "The group of an area is of the area's geography.",
        "[area_group_id.geography_id] <> t.geography_id",
    ),
    rule(
        "infrastructure_areagroup",
        "parent_id.geography",
        "A group is not above itself, and the group above it is of its geography.",
        "t.parent_id = t.id OR [parent_id.geography_id] <> t.geography_id",
    ),
]
