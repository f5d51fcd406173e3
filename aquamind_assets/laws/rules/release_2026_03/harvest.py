"""Rules of harvests, which release 2026-03 adds."""

from collections.abc import Mapping

from aquamind_assets.laws.rules.model import Rule, rule

_EVENT, _LOT, _WASTE = "harvest_harvestevent", "harvest_harvestlot", "harvest_harvestwaste"

_MEANINGS: Mapping[str, str] = {
    "gutted_weight_kg": "t.gutted_weight_kg > t.live_weight_kg",
    "fillet_weight_kg": "t.fillet_weight_kg > coalesce(t.gutted_weight_kg, t.live_weight_kg)",
}

RULES: list[Rule] = [
    rule(
        _EVENT,
        "assignment_id.batch",
        "A harvest is of a stay of its batch, while it lasts.",
        "[assignment_id.batch_id] <> t.batch_id OR date(t.event_date) < [assignment_id.assignment_date] OR"
        " date(t.event_date) > [assignment_id.departure_date]",
    ),
    rule(
        _EVENT,
        "dest.both",
        "A harvest that is sold names company and geography of the buyer.",
        "(t.dest_geography_id IS NULL) <> (t.dest_subsidiary IS NULL)",
    ),
    Rule(
        f"{_EVENT}.lots.given",
        _EVENT,
        "A harvest has lots with fish.",
        query=(
            f"SELECT t.id FROM {_EVENT} t LEFT JOIN (SELECT x.event_id, SUM(x.unit_count) AS fish FROM {_LOT} x GROUP"
            " BY x.event_id) a ON a.event_id = t.id WHERE {rows} AND coalesce(a.fish, 0) < 1"
        ),
    ),
    *(
        rule(_LOT, f"{column}.order", "Fish do not gain weight by being gutted or filleted.", violation)
        for column, violation in _MEANINGS.items()
    ),
    rule(
        _LOT, "unit_count.weight", "A lot has fish, and fish have weight.", "t.unit_count < 1 OR t.live_weight_kg <= 0"
    ),
    Rule(
        f"{_LOT}.unique(event_id, product_grade_id)",
        _LOT,
        "A harvest has one lot of a grade.",
        query=(
            f"SELECT min(t.id) AS id FROM {_LOT} t WHERE {{rows}} GROUP BY t.event_id, t.product_grade_id HAVING"
            " count(*) > 1"
        ),
    ),
    rule(_WASTE, "weight_kg.positive", "Waste has weight.", "t.weight_kg <= 0"),
]
