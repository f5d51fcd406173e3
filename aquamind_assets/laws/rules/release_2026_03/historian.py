"""Rules of the historian's tags, which release 2026-03 adds."""

from aquamind_assets.laws.rules.model import Rule, rule

_LINK = "historian_tag_link"

RULES: list[Rule] = [
    rule(
        _LINK,
        "container_id.sensor",
        "The container of a tag is that of its sensor.",
        "[sensor_id.container_id] <> t.container_id",
    ),
    rule(
        _LINK,
        "parameter_id.unit",
        "A tag has the unit of its parameter.",
        "[tag_id.unit] <> [parameter_id.unit]",
    ),
]
