"""Rules of companies, cost centers and harvest facts, which release 2026-03 adds."""

from aquamind_assets.laws.rules.model import Rule, rule

_SITE, _FACT, _CENTER = "finance_dimsite", "finance_factharvest", "finance_core_costcenter"
_LINK = "finance_core_costcenterbatchlink"

RULES: list[Rule] = [
    Rule(
        f"{_SITE}.source_pk.reference",
        _SITE,
        "A site is a station or an area of the geography of its company.",
        query=(
            f"SELECT t.site_id AS id FROM {_SITE} t JOIN finance_dimcompany c ON c.company_id = t.company_id"
            " LEFT JOIN infrastructure_area a ON a.id = t.source_pk AND t.source_model = 'area'"
            " LEFT JOIN infrastructure_freshwaterstation s ON s.id = t.source_pk AND t.source_model = 'station'"
            " WHERE {rows} AND (coalesce(a.geography_id, s.geography_id) IS NULL OR"
            " coalesce(a.geography_id, s.geography_id) <> c.geography_id)"
        ),
    ),
    rule(
        _CENTER,
        "company_id.site",
        "The cost center of a site is of the site's company, and below one of the same company.",
        "[site_id.company_id] <> t.company_id OR [parent_id.company_id] <> t.company_id",
    ),
    rule(
        _LINK,
        "cost_center_id.project",
        "A batch is linked to a cost center of the kind PROJECT.",
        "[cost_center_id.cost_center_type] <> 'PROJECT'",
    ),
    rule(
        _FACT,
        "lot_id.values",
        "A harvest fact repeats weight, fish, grade and event of its lot.",
        "[lot_id.live_weight_kg] <> t.quantity_kg OR [lot_id.unit_count] <> t.unit_count OR"
        " [lot_id.product_grade_id] <> t.product_grade_id OR [lot_id.event_id] <> t.event_id",
    ),
    rule(
        _FACT,
        "dim_batch_id.event",
        "A harvest fact names the batch and the moment of its event, and a site of its company.",
        "[event_id.batch_id] <> t.dim_batch_id OR [event_id.event_date] <> t.event_date OR [dim_site_id.company_id] <>"
        " t.dim_company_id",
    ),
    rule(
        "finance_core_account",
        "account_type.group",
        "An account is of the type of its group.",
        "[group_id.account_type] <> t.account_type",
    ),
    rule(
        "finance_core_accountgroup",
        "parent_id.type",
        "A group of accounts is not above itself, and is of the type of the group above it.",
        "t.parent_id = t.group_id OR [parent_id.account_type] <> t.account_type",
    ),
]
