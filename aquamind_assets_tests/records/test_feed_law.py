"""Feed balance over ten years, exact to the gram and to the cent, from the rows alone."""

from collections import defaultdict

import pandas as pd
import pytest

from aquamind_assets.records.place_labels import feed_container_name
from aquamind_assets_tests.records.decades import decade, tables
from aquamind_assets_tests.records.fifo import Store

PRESETS = ["tiny", pytest.param("demo", marks=pytest.mark.slow)]


class Rows:
    """The feed tables of a preset. Amounts in 10 g and .1 g as stored, money in cents."""

    def __init__(self, preset: str) -> None:
        feeding = tables(preset, "feeding_events")
        self.feedings = feeding["inventory_feedingevent"].sort_index()
        self.history = feeding["inventory_historicalfeedstock"].sort_index()
        self.purchases = tables(preset, "feed_purchases")["inventory_feedpurchase"].sort_index()
        self.stock = tables(preset, "feed_stock")["inventory_feedstock"]
        self.lots = tables(preset, "feed_stock")["inventory_feedcontainerstock"]
        year = decade(preset)[-1]
        ids = year.infrastructure.feed_containers.feed_container_id
        self.name_of = {
            int(ids[store]): f"For {feed_container_name(year, store)}"
            for store in range(len(ids))
            if ids[store] in self.stock.index
        }


@pytest.fixture(scope="module", params=PRESETS)
def rows(request):
    return Rows(request.param)


def test_a_simple_recomputation_gives_the_same_costs(rows):
    stores: dict[str, Store] = defaultdict(Store)
    changes = [
        (row.updated_at, row.Index, row) for row in rows.purchases.itertuples() if row.updated_at > row.created_at
    ]
    changes += [(row.created_at, row.Index, row) for row in rows.feedings.itertuples()]
    for _, _, row in sorted(changes, key=lambda change: change[:2]):
        if hasattr(row, "cost_per_kg"):
            stores[row.notes].receive(row.quantity_kg * 10, row.cost_per_kg)
        else:
            assert stores[rows.name_of[row.feed_stock_id]].give(row.amount_kg // 10) == row.feed_cost, row
    lots = rows.lots.groupby("feed_container_id").quantity_kg.sum()
    assert len(stores) == rows.feedings.feed_stock_id.nunique()
    for store, name in rows.name_of.items():
        assert stores[name].grams == 10 * rows.stock.current_quantity_kg[store] == 10 * lots.get(store, 0)


def _changes(history: pd.DataFrame) -> pd.DataFrame:
    change = history.current_quantity_kg - history.groupby("feed_container_id").current_quantity_kg.shift(fill_value=0)
    return history.assign(change=change)


def test_deliveries_minus_feedings_is_stock(rows):
    came = rows.purchases[rows.purchases.updated_at > rows.purchases.created_at]
    assert came.quantity_kg.sum() * 100 - rows.feedings.amount_kg.sum() == rows.stock.current_quantity_kg.sum() * 100
    assert rows.lots.quantity_kg.sum() == rows.stock.current_quantity_kg.sum()
    assert (rows.lots.quantity_kg > 0).all()


def test_costs_are_purchases_minus_value_of_stock(rows):
    came = rows.purchases[rows.purchases.updated_at > rows.purchases.created_at]
    bought_cents = (came.quantity_kg * came.cost_per_kg // 100).sum()
    price = rows.purchases.cost_per_kg
    value = (rows.lots.quantity_kg * rows.lots.feed_purchase_id.map(price)).groupby(rows.lots.feed_container_id).sum()
    # The stock of each feed container is rounded up to the cent, because its feedings are rounded down.
    assert bought_cents - rows.feedings.feed_cost.sum() == (-(-value // 100)).sum()


def test_history_has_every_change(rows):
    assert rows.history.index.is_unique
    assert (rows.history.current_quantity_kg >= 0).all()
    last = rows.history.groupby("feed_container_id").current_quantity_kg.last()
    assert (last == rows.stock.current_quantity_kg.reindex(last.index)).all()
    assert (rows.history.history_type == "+").sum() == len(rows.stock)
    changes = _changes(rows.history)
    fed = changes[changes.change < 0]
    assert sorted(-fed.change * 100) == sorted(rows.feedings.amount_kg)
    assert (
        rows.history.groupby("feed_container_id").history_date.apply(lambda dates: dates.is_monotonic_increasing).all()
    )


def test_lots_are_within_what_was_bought(rows):
    bought = rows.lots.feed_purchase_id.map(rows.purchases.quantity_kg)
    assert (rows.lots.quantity_kg <= bought).all()
    assert (rows.purchases.expiry_date >= rows.purchases.purchase_date).all()
    assert rows.purchases.batch_number.is_unique


def test_feed_fits_the_fish(rows):
    share = rows.feedings.amount_kg / rows.feedings.batch_biomass_kg / 100
    # Four meals of unequal size, together no more than four of .03.
    assert (share < 0.04).all()
    of_day = share.groupby([rows.feedings.container_id, rows.feedings.batch_id, rows.feedings.feeding_date]).sum()
    assert (of_day < 0.12).all()
    assert ((rows.feedings.feeding_percentage - 100 * 1e6 * share).abs() <= 1).all()


@pytest.mark.parametrize("preset", PRESETS)
def test_summaries_add_up(preset):
    feedings = tables(preset, "feeding_events")["inventory_feedingevent"]
    summaries = tables(preset, "feeding_summaries")["inventory_batchfeedingsummary"]
    month = pd.to_datetime(feedings.feeding_date.astype("int64"), unit="D").dt.to_period("M")
    total = feedings.groupby([feedings.batch_id, month]).agg(
        amount=("amount_kg", "sum"), biomass=("batch_biomass_kg", "mean"), percent=("feeding_percentage", "mean")
    )
    key = pd.MultiIndex.from_arrays(
        [summaries.batch_id, pd.to_datetime(summaries.period_start.astype("int64"), unit="D").dt.to_period("M")]
    )
    assert key.is_unique
    assert len(total) == len(summaries)
    seen = total.loc[key]
    assert (seen.amount.to_numpy() == summaries.total_feed_kg.to_numpy() * 100).all()
    assert abs(seen.biomass.to_numpy() - summaries.average_biomass_kg.to_numpy()).max() <= 1
    assert abs(seen.percent.to_numpy() / 1e4 - summaries.average_feeding_percentage.to_numpy()).max() <= 1
    known = summaries.dropna(subset=["fcr"])
    assert ((known.total_feed_kg / known.growth_kg * 1000 - known.fcr).abs() <= 1).all()
    whole = known[known.total_feed_kg > 1000_00]
    assert 0.7 < float(whole.total_feed_kg.sum() / whole.growth_kg.sum()) < 1.5
    assert float(whole.fcr.quantile(0.9)) < 2500


@pytest.mark.parametrize("preset", PRESETS)
def test_fish_moved_into_a_mixed_batch_are_not_its_growth(preset):
    batches = tables(preset, "batches")
    summaries = tables(preset, "feeding_summaries")["inventory_batchfeedingsummary"]
    parts, transfers = batches["batch_batchcomposition"], tables(preset, "transfers")["batch_batchtransfer"]
    deaths = tables(preset, "mortality")["batch_mortalityevent"]
    ended = batches["batch_batch"][
        (batches["batch_batch"].batch_type == "MIXED") & batches["batch_batch"].actual_end_date.notna()
    ]
    assert len(ended)
    for mixed in ended.index:
        given = parts.biomass_kg[parts.mixed_batch_id == mixed].sum()
        # Fish that are split over more cages stay in the batch.
        left = (transfers.source_batch_id == mixed) & (transfers.destination_batch_id != mixed).fillna(True)
        harvested = transfers.transferred_biomass_kg[left].sum()
        grown = harvested + deaths.biomass_kg[deaths.batch_id == mixed].sum() - given
        own = summaries[summaries.batch_id == mixed]
        assert 0 < grown < own.total_feed_kg.sum()
        # Mean weights are stored to .01 g, days without feed before the harvest cost a little, months without gain have
        # none.
        assert abs(own.growth_kg.sum() - grown) < 0.03 * grown
