"""Release 2026-03 in a database: every law and rule holds, and a wrong value breaks the rule that forbids it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aquamind_assets.laws.registry import judge, laws_of
from aquamind_assets.laws.rules import rules_of, violations
from aquamind_assets.laws.stored_evidence import evidence_of
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.recorded_once import YEARS, recorded_once
from aquamind_assets_tests.warehouse.databases import new_database

LINK = "historian_tag_link"
WORKFLOW, ACTION, STAY = "batch_batchtransferworkflow", "batch_transferaction", "batch_batchcontainerassignment"
SUMMARY, SUMMARIES = "inventory_containerfeedingsummary", "inventory_batchfeedingsummary"
POLICY, SALE = "finance_intercompanypolicy", "finance_intercompanytransaction"
CREATION, DELIVERY = "batch_creationworkflow", "batch_creationaction"
EVENT, LOT, STATE = "harvest_harvestevent", "harvest_harvestlot", "batch_actualdailyassignmentstate"

WRONG = {
    f"{LINK}.container_id.sensor": ("container_id", "(SELECT max(id) FROM infrastructure_container)"),
    f"{LINK}.parameter_id.unit": (
        "parameter_id",
        "(SELECT min(id) FROM environmental_environmentalparameter WHERE unit NOT IN (SELECT unit FROM historian_tag"
        " WHERE historian_tag.tag_id = historian_tag_link.tag_id))",
    ),
    f"{LINK}.tag_id.reference": ("tag_id", "'00000000000040008000000000000000'"),
    "infrastructure_container.parent_container_id.structural": ("parent_container_id", "id"),
    "batch_lifecyclestage.typical_duration_days.given": ("typical_duration_days", "NULL"),
    f"{STAY}.last_weighing_date.newest": ("last_weighing_date", "NULL"),
    f"{STAY}.last_weighing_date.order": ("last_weighing_date", "'2001-01-01'"),
    "batch_mortalityevent.assignment_id.given": ("assignment_id", "NULL"),
    "batch_mortalityevent.assignment_id.batch": ("event_date", "'2001-01-01'"),
    f"{WORKFLOW}.dest_lifecycle_stage_id.type": ("dest_lifecycle_stage_id", "NULL"),
    f"{WORKFLOW}.dates.order": ("planned_completion_date", "'2001-01-01'"),
    f"{WORKFLOW}.dynamic_route_mode.dynamic": ("dynamic_route_mode", "'VIA_TRUCK_TO_VESSEL'"),
    f"{WORKFLOW}.status.completed": ("completed_by_id", "NULL"),
    f"{WORKFLOW}.is_intercompany.subsidiaries": ("is_intercompany", "1 - is_intercompany"),
    f"{WORKFLOW}.counts.sum": ("total_transferred_count", "total_transferred_count + 1"),
    f"{WORKFLOW}.actions.count": ("actions_completed", "actions_completed + 1"),
    f"{WORKFLOW}.completion_percentage.formula": ("completion_percentage", "50"),
    f"{WORKFLOW}.dates.actions": ("actual_start_date", "'2001-01-01'"),
    f"{ACTION}.counts.source": ("source_population_before", "transferred_count - 1"),
    f"{ACTION}.dest.agree": ("dest_container_id", "dest_container_id + 1"),
    f"{ACTION}.status.completed": ("executed_at", "NULL"),
    f"{ACTION}.source_assignment_id.batch": ("source_assignment_id", "(SELECT max(source_assignment_id) FROM {table})"),
    f"{ACTION}.dest_assignment_id.batch": ("dest_assignment_id", "(SELECT max(dest_assignment_id) FROM {table})"),
    f"{ACTION}.actual_execution_date.stays": ("actual_execution_date", "'2001-01-01'"),
    f"{ACTION}.leg_type.dynamic": ("leg_type", "'STATION_TO_TRUCK'"),
    f"{ACTION}.measured.together": ("measured_sample_size", "transferred_count + 1"),
    "health_healthparameter.scores.order": ("min_score", "max_score"),
    "health_parameterscoredefinition.score_value.trait": ("score_value", "4"),
    "health_fishparameterscore.score.trait": ("score", "5"),
    "health_licecount.count_value.type": ("count_value", "NULL"),
    "health_licecount.confidence_level.share": ("confidence_level", "1.5"),
    "health_licecount.assignment_id.batch": ("container_id", "container_id + 1"),
    "health_mortalityrecord.assignment_id.batch": ("container_id", "container_id + 1"),
    "health_treatment.journal_entry_id.batch": ("journal_entry_id", "(SELECT min(id) FROM health_journalentry)"),
    "health_treatment.sampling_event_id.weighing": (
        "sampling_event_id",
        "(SELECT min(id) FROM health_healthsamplingevent)",
    ),
    "environmental_environmentalreading.batch_container_assignment_id.stay": (
        "batch_container_assignment_id",
        "(SELECT min(id) FROM batch_batchcontainerassignment)",
    ),
    f"{SUMMARY}.container_assignment_id.batch": ("batch_id", "batch_id + 1"),
    f"{SUMMARY}.total_feed_kg.sum": ("total_feed_kg", "total_feed_kg + 1"),
    f"{SUMMARY}.data_points.count": ("data_points", "data_points + 1"),
    f"{SUMMARY}.growth_kg.samples": ("growth_kg", "growth_kg + 1"),
    f"{SUMMARY}.fcr.formula": ("fcr", "fcr + 1"),
    f"{SUMMARY}.confidence_level.weighing": (
        "confidence_level",
        "CASE confidence_level WHEN 'LOW' THEN 'HIGH' ELSE 'LOW' END",
    ),
    f"{SUMMARIES}.stays.sum": ("container_count", "container_count + 1"),
    f"{SUMMARIES}.weighted_avg_fcr.mean": ("weighted_avg_fcr", "weighted_avg_fcr + 1"),
    f"{SUMMARIES}.overall_confidence_level.worst": ("overall_confidence_level", "'MEDIUM'"),
    f"{EVENT}.assignment_id.batch": ("event_date", "'2001-01-01 00:00:00'"),
    f"{EVENT}.dest.both": ("dest_subsidiary", "NULL"),
    f"{EVENT}.lots.given": ("id", "id + 7"),
    f"{LOT}.gutted_weight_kg.order": ("gutted_weight_kg", "live_weight_kg + 1"),
    f"{LOT}.fillet_weight_kg.order": ("fillet_weight_kg", "live_weight_kg + 1"),
    f"{LOT}.unit_count.weight": ("unit_count", "0"),
    f"{LOT}.unique(event_id, product_grade_id)": ("product_grade_id", "(SELECT max(product_grade_id) FROM {table})"),
    "harvest_harvestwaste.weight_kg.positive": ("weight_kg", "0"),
    f"{STATE}.assignment_id.stay": ("date", "'2001-01-01'"),
    f"{STATE}.biomass_kg.formula": ("biomass_kg", "biomass_kg + 1"),
    f"{STATE}.observed_fcr.limit": ("observed_fcr", "11"),
    f"{STATE}.avg_weight_g.sample": ("anchor_type", "'growth_sample'"),
    f"{STATE}.mortality_count.sum": ("mortality_count", "mortality_count + 1"),
    f"{STATE}.population.balance": ("population", "population + 1"),
    "finance_dimsite.source_pk.reference": ("source_pk", "source_pk + 7"),
    "finance_core_costcenter.company_id.site": ("company_id", "(SELECT max(company_id) FROM finance_dimcompany)"),
    "finance_core_costcenterbatchlink.cost_center_id.project": (
        "cost_center_id",
        "(SELECT min(cost_center_id) FROM finance_core_costcenter)",
    ),
    "finance_factharvest.lot_id.values": ("unit_count", "unit_count + 1"),
    "finance_factharvest.dim_batch_id.event": ("dim_batch_id", "dim_batch_id + 1"),
    "batch_batchmixeventcomponent.source_batch_id.assignment": (
        "source_batch_id",
        "(SELECT max(source_batch_id) + 1 FROM {table})",
    ),
    "batch_batchmixevent.percentage.sum": ("id", "id + 7"),
    "scenario.initial_weight.constraint": ("initial_weight", "1000000"),
    "scenario_stage_constraint.limits.order": ("min_weight_g", "max_weight_g"),
    "scenario_scenarioprojection.days.count": ("day_number", "7000"),
    "scenario_scenarioprojection.final.run": ("average_weight", "average_weight + 1"),
    "scenario_scenarioprojection.biomass.formula": ("biomass", "biomass + 1"),
    "scenario_scenarioprojection.day.balance": ("cumulative_feed", "cumulative_feed + 1"),
    "planning_plannedactivity.scenario_id.batch": ("scenario_id", "(SELECT max(scenario_id) FROM {table})"),
    "planning_plannedactivity.status.completed": ("completed_at", "NULL"),
    "planning_plannedactivity.status.batch": (
        "status",
        "(SELECT CASE WHEN batch.actual_end_date IS NULL THEN 'CANCELLED' ELSE 'PENDING' END FROM batch_batch AS batch"
        " WHERE batch.id = batch_id)",
    ),
    "planning_plannedactivity.id.batch": ("id", "id + 50000 * 400"),
    "planning_plannedactivity.container_id.type": ("container_id", "(SELECT min(id) FROM infrastructure_container)"),
    "planning_plannedactivity.due_date.order": ("due_date", "'2001-01-01'"),
    "health_treatment.id.planned": ("container_id", "(SELECT max(id) FROM infrastructure_container)"),
    "health_healthsamplingevent.sampling_date.planned": ("sampling_date", "'2099-01-01'"),
    f"{WORKFLOW}.planned_activity_id.transfer": (
        "planned_activity_id",
        "(SELECT min(id) FROM planning_plannedactivity WHERE activity_type = 'HARVEST')",
    ),
    "planning_activitytemplate.trigger_type.value": ("day_offset", "NULL"),
    "finance_core_account.account_type.group": ("account_type", "'EQUITY'"),
    "finance_core_accountgroup.parent_id.type": ("parent_id", "group_id"),
    "infrastructure_area.area_group_id.geography": ("geography_id", "(SELECT max(id) FROM infrastructure_geography)"),
    "infrastructure_areagroup.parent_id.geography": ("parent_id", "id"),
    f"{POLICY}.pricing_basis.price": ("product_grade_id", "(SELECT min(id) FROM harvest_productgrade)"),
    f"{POLICY}.to_company_id.other": ("to_company_id", "from_company_id"),
    f"{SALE}.state.approved": ("approval_date", "NULL"),
    f"{SALE}.object_id.harvest": ("object_id", "object_id + 1"),
    f"{SALE}.amount.harvest": ("amount", "amount + 0.01"),
    f"{SALE}.amount.transfer": ("amount", "amount + 0.01"),
    f"{LOT}.sale.given": ("event_id", "event_id + 7"),
    f"{WORKFLOW}.finance_transaction_id.workflow": (
        "finance_transaction_id",
        "(SELECT max(tx_id) FROM finance_intercompanytransaction)",
    ),
    f"{WORKFLOW}.sale.given": ("finance_transaction_id", "NULL"),
    "batch_individualgrowthobservation.weight_g.positive": ("weight_g", "0"),
    "batch_historicalmortalityevent.count.corrected": ("count", "count + 1"),
    "batch_historicalmortalityevent.count.first": ("count", "count + 1"),
    "health_historicalmortalityrecord.count.corrected": ("history_date", "'2001-01-01 00:00:00'"),
    "health_historicalmortalityrecord.count.first": ("count", "count + 1"),
    "batch_historicalindividualgrowthobservation.weight_g.corrected": (
        "weight_g",
        "(SELECT x.weight_g FROM batch_individualgrowthobservation x WHERE x.id = {table}.id)",
    ),
    "batch_growthsample.sample_size.fish": ("sample_size", "sample_size + 1"),
    "batch_growthsample.avg_weight_g.fish": ("avg_weight_g", "avg_weight_g + 0.02"),
    "batch_growthsample.std_deviation.fish": ("std_deviation_weight", "std_deviation_weight + 0.02"),
    f"{CREATION}.egg_source_type.origin": ("external_supplier_id", "NULL"),
    f"{CREATION}.dates.order": ("planned_completion_date", "'2001-01-01'"),
    f"{CREATION}.cancelled.reason": ("cancelled_at", "created_at"),
    f"{CREATION}.eggs.sum": ("total_eggs_received", "total_eggs_received + 1"),
    f"{CREATION}.actions.count": ("actions_completed", "actions_completed + 1"),
    f"{CREATION}.dates.actions": ("actual_start_date", "'2001-01-01'"),
    f"{CREATION}.eggs.productions": ("total_eggs_planned", "total_eggs_planned + 1"),
    f"{DELIVERY}.egg_count.sum": ("mortality_on_arrival", "mortality_on_arrival + 1"),
    f"{DELIVERY}.dest_assignment_id.batch": ("actual_delivery_date", "'2001-01-01'"),
    f"{DELIVERY}.status.completed": ("executed_by_id", "NULL"),
    "broodstock_eggproduction.pair_id.source": ("pair_id", "NULL"),
    "broodstock_externaleggbatch.egg_production_id.source": (
        "egg_production_id",
        "(SELECT min(id) FROM broodstock_eggproduction WHERE source_type = 'internal')",
    ),
    "broodstock_batchparentage.assignment_date.order": ("assignment_date", "'2001-01-01 00:00:00'"),
    "broodstock_breedingpair.fish.two": ("female_fish_id", "male_fish_id"),
    "broodstock_breedingplan.dates.order": ("end_date", "'2001-01-01 00:00:00'"),
    "broodstock_broodstockfish.container_id.broodstock": (
        "container_id",
        "(SELECT min(container_id) FROM batch_batchcontainerassignment)",
    ),
}
"""By rule, a column of its table, and what is set in the first row, or in every row where one may not be enough."""

EVERY_ROW = {
    "batch_historicalmortalityevent.count.corrected",
    "batch_historicalmortalityevent.count.first",
    "health_historicalmortalityrecord.count.corrected",
    "health_historicalmortalityrecord.count.first",
    "batch_historicalindividualgrowthobservation.weight_g.corrected",
    f"{SALE}.object_id.harvest",
    f"{SALE}.amount.harvest",
    f"{SALE}.amount.transfer",
    f"{WORKFLOW}.sale.given",
    f"{CREATION}.egg_source_type.origin",
    "broodstock_eggproduction.pair_id.source",
    f"{WORKFLOW}.dest_lifecycle_stage_id.type",
    f"{STAY}.last_weighing_date.newest",
    f"{STAY}.last_weighing_date.order",
    f"{ACTION}.dest_assignment_id.batch",
    f"{SUMMARY}.growth_kg.samples",
    f"{SUMMARY}.fcr.formula",
    f"{SUMMARIES}.weighted_avg_fcr.mean",
    f"{LOT}.unique(event_id, product_grade_id)",
    "scenario_scenarioprojection.final.run",
    "health_treatment.id.planned",
    "health_healthsamplingevent.sampling_date.planned",
}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    return recorded_once(tmp_path_factory.mktemp("today"))


@pytest.fixture
def warehouse(platform: Platform) -> Iterator[Warehouse]:
    with platform.open() as opened:
        yield opened


def test_every_law_holds_and_looked_at_something(platform: Platform, warehouse: Warehouse) -> None:
    judged = list(judge(laws_of("2026-03"), evidence_of(platform, 2016).with_database(warehouse)))
    assert [(one.law.asset, one.law.name, str(one.result)) for one in judged if not one.result.passed] == []
    assert {"one_batch_per_container", "readings_batch", "sound_rows"} <= {one.law.name for one in judged}
    assert sum(one.result.total_checked for one in judged) > 10_000


def test_every_rule_holds_in_all_years(warehouse: Warehouse) -> None:
    assert [one for one in violations(warehouse, release="2026-03") if one.count] == []
    assert warehouse.broken_references() == {}


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["postgresql", "lake"])
def test_the_same_rows_keep_every_law_on_other_databases(
    engine: str, platform: Platform, warehouse: Warehouse, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    other = Platform(replace(platform.settings, database=new_database(engine, request, tmp_path)))
    record_years(other, YEARS)
    with other.open() as written:
        assert written.recount() == warehouse.recount()
        assert [one for one in violations(written, release="2026-03") if one.count] == []
        for year in YEARS:
            judged = judge(laws_of("2026-03"), evidence_of(other, year).with_database(written))
            assert [(one.law.name, str(one.result)) for one in judged if not one.result.passed] == []


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_breaks_its_rule(name: str, warehouse: Warehouse) -> None:
    (rule,) = (one for one in rules_of("2026-03") if one.name == name)
    column, value = (text.format(table=rule.table) for text in WRONG[name])
    key = warehouse.tables[rule.table].id_column
    where = "" if name in EVERY_ROW else f" WHERE {key} = (SELECT min({key}) FROM {rule.table})"
    database = warehouse.database
    try:
        with database.transaction((rule.table,)):
            assert database.execute(f"UPDATE {rule.table} SET {column} = {value}{where}")
            found = violations(warehouse, [rule.table], release="2026-03")
            assert {one.rule.name: one.count for one in found}[name] > 0
            raise _Undo
    except _Undo:
        pass
    assert {one.rule.name: one.count for one in violations(warehouse, [rule.table], release="2026-03")}[name] == 0


class _Undo(Exception):
    """Takes the change back."""
