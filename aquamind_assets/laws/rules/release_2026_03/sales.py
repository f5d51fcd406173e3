"""Rules of prices and sales between companies, which release 2026-03 adds."""

from aquamind_assets.laws.rules.batch import HALF_CENT
from aquamind_assets.laws.rules.model import Rule, rule

_POLICY, _SALE = "finance_intercompanypolicy", "finance_intercompanytransaction"
_WORKFLOW, _LOT = "batch_batchtransferworkflow", "harvest_harvestlot"

RULES: list[Rule] = [
    rule(
        _POLICY,
        "pricing_basis.price",
        "A price by grade names a grade and no stage, a price by stage a stage and no grade, a price of eggs neither.",
        "CASE t.pricing_basis WHEN 'grade' THEN t.product_grade_id IS NULL OR t.lifecycle_stage_id IS NOT NULL"
        " WHEN 'lifecycle' THEN t.lifecycle_stage_id IS NULL OR t.product_grade_id IS NOT NULL OR"
        " t.method = 'standard' AND t.price_per_kg IS NULL ELSE t.price_per_thousand_eggs IS NULL OR"
        " t.product_grade_id IS NOT NULL OR t.lifecycle_stage_id IS NOT NULL END",
    ),
    rule(
        _POLICY,
        "to_company_id.other",
        "A company sells to another one.",
        "t.from_company_id = t.to_company_id",
    ),
    rule(
        _SALE,
        "state.approved",
        "A sale that is posted was approved after it was entered, a pending one was not.",
        "(t.state = 'pending') <> (t.approval_date IS NULL) OR (t.approval_date IS NULL) <> (t.approved_by_id IS NULL)"
        " OR t.approval_date < t.created_at",
    ),
    rule(
        _SALE,
        "object_id.harvest",
        "The sale of a harvest names it twice, and is of its day.",
        "t.event_id <> t.object_id OR date(t.posting_date) <> date([event_id.event_date])",
    ),
    Rule(
        f"{_SALE}.amount.harvest",
        _SALE,
        "The amount of a sold harvest is its live weight of the grade at the price of the grade, to the cent.",
        query=(
            f"SELECT t.tx_id AS id FROM {_SALE} t JOIN {_POLICY} p ON p.policy_id = t.policy_id LEFT JOIN {_LOT} l ON"
            " l.event_id = t.event_id AND l.product_grade_id = p.product_grade_id WHERE {rows} AND t.event_id IS NOT"
            f" NULL AND (l.id IS NULL OR abs(t.amount - l.live_weight_kg * p.price_per_kg) > {HALF_CENT})"
        ),
    ),
    Rule(
        f"{_SALE}.amount.transfer",
        _SALE,
        "The amount of a sold transfer is the biomass of its workflow at the price of the stage, to the cent.",
        query=(
            f"SELECT t.tx_id AS id FROM {_SALE} t JOIN {_POLICY} p ON p.policy_id = t.policy_id LEFT JOIN {_WORKFLOW} w"
            " ON w.id = t.object_id AND w.is_intercompany AND w.status = 'COMPLETED' AND w.source_lifecycle_stage_id ="
            " p.lifecycle_stage_id AND w.actual_completion_date = t.posting_date WHERE {rows} AND t.event_id IS NULL"
            f" AND (w.id IS NULL OR abs(t.amount - w.total_biomass_kg * p.price_per_kg) > {HALF_CENT})"
        ),
    ),
    Rule(
        f"{_LOT}.sale.given",
        _LOT,
        "A lot of a harvest that goes to another company is sold once, where its grade has a price.",
        query=(
            f"SELECT t.id FROM {_LOT} t JOIN finance_factharvest f ON f.lot_id = t.id JOIN {_POLICY} p ON"
            " p.product_grade_id = t.product_grade_id AND p.from_company_id = f.dim_company_id LEFT JOIN"
            f" {_SALE} s ON s.event_id = t.event_id AND s.policy_id = p.policy_id WHERE {{rows}} AND s.tx_id IS NULL"
        ),
    ),
    rule(
        _WORKFLOW,
        "finance_transaction_id.workflow",
        "A workflow names the sale that it is, and only one between companies is a sale.",
        "[finance_transaction_id.object_id] <> t.id OR t.finance_transaction_id IS NOT NULL AND NOT t.is_intercompany",
    ),
    Rule(
        f"{_WORKFLOW}.sale.given",
        _WORKFLOW,
        "A completed workflow between companies is a sale, where its stage has a price.",
        query=(
            f"SELECT t.id FROM {_WORKFLOW} t WHERE {{rows}} AND t.is_intercompany AND t.status = 'COMPLETED' AND"
            f" t.finance_transaction_id IS NULL AND EXISTS (SELECT 1 FROM {_POLICY} p WHERE p.lifecycle_stage_id ="
            " t.source_lifecycle_stage_id)"
        ),
    ),
]
