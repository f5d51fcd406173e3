"""Sales between companies: their amounts are those of what was moved and harvested, to the cent."""

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from aquamind_assets.records.finance.sales import cents
from aquamind_assets_tests.records.histories import Table
from aquamind_assets_tests.records.release_2026_03.conftest import History


def prices(today: History) -> Table:
    return today.table("finance_intercompanypolicy")


def amount(units: int, scale: int, price_cents: int) -> int:
    """The price of an amount in cents, by decimal arithmetic."""
    exact = Decimal(units).scaleb(-scale) * Decimal(price_cents)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def test_whole_cents_are_rounded_half_to_even() -> None:
    units = np.array([1, 5, 15, 25, 1_234_567, 99])
    assert cents(units, np.full(6, 100), 1_000).tolist() == [amount(one, 3, 100) for one in units.tolist()]


def test_every_lot_is_sold_at_the_price_of_its_grade(today: History) -> None:
    lots, sales, policies = (
        today.table("harvest_harvestlot"),
        today.table("finance_intercompanytransaction"),
        prices(today),
    )
    price = dict(zip(policies["policy_id"].tolist(), policies["price_per_kg"].tolist(), strict=True))
    grade = dict(zip(policies["policy_id"].tolist(), policies["product_grade_id"].tolist(), strict=True))
    sold = {
        (event, grade[policy]): (policy, paid)
        for event, policy, paid in zip(
            *(sales[name].tolist() for name in ("event_id", "policy_id", "amount")), strict=True
        )
        if event >= 0
    }
    assert len(sold) == len(lots) > 100
    for event, kind, grams in zip(
        *(lots[name].tolist() for name in ("event_id", "product_grade_id", "live_weight_kg")), strict=True
    ):
        policy, paid = sold[event, kind]
        assert paid == amount(grams, 3, price[policy])


def test_every_workflow_between_companies_is_sold_at_the_price_of_its_stage(today: History) -> None:
    workflows, policies = today.table("batch_batchtransferworkflow"), prices(today)
    sales = today.table("finance_intercompanytransaction")
    price = dict(zip(policies["policy_id"].tolist(), policies["price_per_kg"].tolist(), strict=True))
    stage = dict(zip(policies["policy_id"].tolist(), policies["lifecycle_stage_id"].tolist(), strict=True))
    sold = {
        one: (source, policy, paid)
        for one, source, policy, paid in zip(
            *(sales[name].tolist() for name in ("tx_id", "object_id", "policy_id", "amount")), strict=True
        )
    }
    between = workflows["is_intercompany"] == 1
    assert between.sum() > 5
    assert (workflows["finance_transaction_id"][~between] == -1).all()
    for workflow, transaction, before, kilograms in zip(
        *(
            workflows[name][between].tolist()
            for name in ("id", "finance_transaction_id", "source_lifecycle_stage_id", "total_biomass_kg")
        ),
        strict=True,
    ):
        source, policy, paid = sold[transaction]
        assert source == workflow < 2**31
        assert stage[policy] == before
        assert paid == amount(kilograms, 2, price[policy])


def test_a_sale_is_pending_before_it_is_posted(today: History) -> None:
    history = today.table("finance_historicalintercompanytransaction")
    entered = np.array(history["history_type"]) == "+"
    assert set(np.array(history["state"])[entered]) == {"pending"}
    assert set(np.array(history["state"])[~entered]) == {"posted"}
    assert entered.sum() == (~entered).sum() == len(today.table("finance_intercompanytransaction"))
