"""Feed: deliveries are what was eaten and what is left, to the gram."""

import numpy as np

from aquamind_assets_tests.records.histories import Table, rows_of
from aquamind_assets_tests.records.release_2026_03.conftest import RECORDERS, History


def test_feed_eaten_is_that_of_the_ledger(today: History) -> None:
    fed = today.table("inventory_feedingevent")
    eaten = np.concatenate([year.ledger.container_days.feed_g for year in today.years])
    assert fed["amount_kg"].sum() == eaten.sum() * 10
    assert eaten.sum() > 10**9


def test_deliveries_are_what_was_eaten_and_what_is_left(today: History) -> None:
    """Of lots whose delivery is not yet due nothing is in store. Kilograms of purchases have two decimals, of meals
    four."""
    through = today.years[-1].lives.through
    delivered = {
        purchase: quantity
        for year in today.years
        for purchase, day, quantity in zip(
            *(getattr(year.ledger.deliveries, name).tolist() for name in ("purchase_id", "delivery_day", "quantity_g")),
            strict=True,
        )
        if day <= through
    }
    bought = today.table("inventory_feedpurchase")
    quantity = dict(zip(bought["id"].tolist(), bought["quantity_kg"].tolist(), strict=True))
    assert all(quantity[one] * 10 == grams for one, grams in delivered.items())
    left = Table("inventory_feedcontainerstock", rows_of(RECORDERS["feed_stock"], today.years[-1]))
    eaten = today.table("inventory_feedingevent")["amount_kg"].sum() // 10
    opening = today.years[0].ledger.feed_lots.remaining_g.sum()
    assert opening + sum(delivered.values()) == eaten + left["quantity_kg"].sum() * 10
    assert len(left) > 5
