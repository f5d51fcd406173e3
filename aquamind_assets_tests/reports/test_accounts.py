"""Figures of a report, computed again another way: from all rows by other statements, or from the simulated farm
itself."""

import numpy as np
import pandas as pd
import pytest

from aquamind_assets.figures.batch import growth_kg, to_harvest
from aquamind_assets.figures.health import mortality_pct
from aquamind_assets.ledger.codes import Cause, Stage
from aquamind_assets.ledger.model import ContainerDays
from aquamind_assets.records.batch.collection import recorded_deaths
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.reports.accounts import Accounts
from aquamind_assets.reports.closeups import growth, lousy_cage, typical_site, water, weekly_mortality
from aquamind_assets.reports.queries.inventory import LAST_FED_DAYS
from aquamind_assets.reports.sites import site_days
from aquamind_assets.timeline import to_date
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.reports.written import FIRST_YEAR, LAST_YEAR
from aquamind_assets_tests.reports.written import years as truth

YEARS = range(FIRST_YEAR, LAST_YEAR + 1)


def one(warehouse: Warehouse, sql: str) -> float:
    return float(warehouse.query(sql)[0][0] or 0)


def deaths(fish: ContainerDays) -> np.ndarray:
    """Dead fish of each container-day, of all causes."""
    return sum(
        (getattr(fish, f"deaths_{cause.name.lower()}").astype(np.int64) for cause in Cause),
        np.zeros(len(fish), dtype=np.int64),
    )


def counted(inputs: YearInputs) -> pd.DataFrame:
    """Fish of each container-day as the farm counts them, which takes dead fish for living until it collects them."""
    fish, collected, waiting = recorded_deaths(inputs.ledger.container_days, inputs.days)
    dead = collected.sum(axis=1)
    return pd.DataFrame(
        {
            "day": fish.day,
            "container": fish.container,
            "opening": fish.opening + waiting + dead - deaths(fish),
            "closing": fish.closing + waiting,
            "dead": dead,
        }
    )


def test_tonnes_feed_and_treatments_are_the_sums_of_all_rows(warehouse: Warehouse, accounts: Accounts) -> None:
    figures, harvest = accounts.figures(YEARS), accounts.by_geography("harvest_t", YEARS)
    harvested = "FROM batch_batchtransfer WHERE notes LIKE 'Harvest from%'"
    assert harvest["Faroe Islands"] == pytest.approx(
        one(warehouse, f"SELECT SUM(transferred_biomass_kg) / 1000 {harvested}")
    )
    assert harvest["Faroe Islands"] > 100
    assert harvest["Scotland"] == 0
    assert figures["harvested_fish"] == one(warehouse, f"SELECT SUM(transferred_count) {harvested}")
    assert figures["feed_t"] == pytest.approx(
        one(warehouse, "SELECT SUM(amount_kg) / 1000 FROM inventory_feedingevent")
    )
    assert figures["feed_cost_keur"] == pytest.approx(
        one(warehouse, "SELECT SUM(feed_cost) / 1000 FROM inventory_feedingevent")
    )
    assert (
        figures["lice_treatments"]
        == one(warehouse, "SELECT COUNT(*) FROM health_treatment WHERE description LIKE '%salmon lice%'")
        > 0
    )
    assert (
        figures["vaccinations"]
        == one(warehouse, "SELECT COUNT(*) FROM health_treatment WHERE vaccination_type_id IS NOT NULL")
        > 0
    )
    everything = one(warehouse, "SELECT COUNT(*) FROM health_treatment")
    assert figures["lice_treatments"] + figures["disease_treatments"] + figures["vaccinations"] == everything
    above = (
        "SELECT 100.0 * SUM(CASE WHEN adult_female_count * 2 > fish_sampled THEN 1 ELSE 0 END) / COUNT(*) FROM"
        " health_licecount"
    )
    assert figures["counts_above_threshold_pct"] == pytest.approx(one(warehouse, above))
    assert figures["deaths"] == one(warehouse, "SELECT SUM(count) FROM health_mortalityrecord")
    assert figures["transfer_losses"] == one(warehouse, "SELECT SUM(mortality_count) FROM batch_batchtransfer")
    # On so small a farm one bad month may lift the mean above nine tenths of the months.
    assert figures["sea_mortality_median_pct"] < min(figures["sea_mortality_pct"], figures["sea_mortality_p90_pct"])


def test_figures_of_years_and_of_months_sum_to_those_of_the_whole(accounts: Accounts) -> None:
    whole, yearly, monthly = (
        accounts.figures(YEARS),
        [accounts.figures([year]) for year in YEARS],
        accounts.by_month(YEARS),
    )
    for name in ("feed_t", "deaths", "harvested_fish", "harvest_t", "lice_treatments", "vaccinations"):
        assert sum(year[name] for year in yearly) == pytest.approx(whole[name])
        assert monthly[name].sum() == pytest.approx(whole[name])
    assert sum(year["whole_lives"] for year in yearly) == whole["whole_lives"] >= 1
    # Rows of master data that AquaMind numbers itself are of no year.
    assert 0 < sum(year["rows"] for year in yearly) == whole["rows"]


def test_the_eggs_of_a_finished_batch_are_those_laid_in(warehouse: Warehouse, accounts: Accounts) -> None:
    notes = dict(warehouse.query("SELECT id, notes FROM batch_batch"))
    assert len(accounts.sums["lives"]) >= 1
    for batch, life in accounts.sums["lives"].iterrows():
        laid = int(notes[batch].split(" ")[0].replace(",", "")) if life["kind"] == "STANDARD" else 0
        assert life["eggs"] == laid


def test_whole_lives_are_those_of_the_simulated_batches(warehouse: Warehouse, accounts: Accounts) -> None:
    for batch, life in accounts.sums["lives"].iterrows():
        fish = [
            year.ledger.container_days.take(year.ledger.container_days.batch_id == batch) for year in truth().values()
        ]
        at_sea = [part.take(part.stage >= Stage.POST_SMOLT) for part in fish]
        assert life["feed_kg"] == pytest.approx(sum(part.feed_g.sum() for part in fish) / 1000)
        # On the day of a transfer a tank may still feed what is a post-smolt in the evening.
        assert life["sea_feed_kg"] == pytest.approx(sum(part.feed_g.sum() for part in at_sea) / 1000, rel=0.001)
        dead_kg = sum(float((deaths(part) * part.weight_g).sum()) for part in at_sea) / 1000
        assert life["sea_dead_kg"] == pytest.approx(dead_kg, rel=0.02)
    lives = accounts.sums["lives"]
    # What died had eaten too.
    assert (lives["sea_feed_kg"] / (growth_kg(lives) + lives["sea_dead_kg"])).between(1.0, 1.5).all()
    assert (to_harvest(lives) > lives["harvested"]).all()


def test_fish_at_every_site_on_every_day_are_those_of_the_simulated_farm(accounts: Accounts) -> None:
    sites, seen = site_days(accounts.history), 0
    for inputs in truth().values():
        fish, containers, areas = counted(inputs), inputs.infrastructure.containers, inputs.infrastructure.areas
        sea = fish[containers.area[fish["container"]] >= 0]
        there = pd.DataFrame(
            {
                "area_id": areas.area_id[containers.area[sea.container]],
                "day": pd.to_datetime([to_date(day) for day in sea.day]),
                "opening": sea.opening,
            }
        )
        expected = there.groupby(["area_id", "day"])["opening"].sum()
        ours = sites[sites["day"].dt.year == inputs.year].groupby(["area_id", "day"])["opening"].sum()
        assert (ours.reindex(expected.index, fill_value=0) == expected).all()
        seen += len(expected)
    assert seen > 500


def test_mortality_of_a_farm_month_is_its_dead_over_its_fish(accounts: Accounts) -> None:
    months = accounts.sums["farm_months"]
    assert len(months) > 20
    for _, month in months.assign(mortality_pct=mortality_pct(months)).iterrows():
        inputs = truth()[month["month"].year]
        fish, containers = counted(inputs), inputs.infrastructure.containers
        area = inputs.infrastructure.areas.area_id[np.maximum(containers.area[fish["container"]], 0)]
        days = fish["day"].to_numpy().astype("datetime64[D]")
        within = (days >= np.datetime64(month["month"], "D")) & (
            days < np.datetime64(month["month"] + pd.offsets.MonthBegin(1), "D")
        )
        ours = fish[(containers.area[fish["container"]] >= 0) & (area == month["area"]) & within]
        dead = int(ours["dead"].sum())
        mean_fish = (ours.opening + ours.closing).sum() / 2 / month["days"]
        assert month["dead"] == dead
        assert month["mortality_pct"] == pytest.approx(100 * dead / mean_fish * 30 / month["days"], rel=0.05)


def test_active_batches_and_biomass(warehouse: Warehouse, accounts: Accounts) -> None:
    active = accounts.sums["active"].set_index("month")["batches"]
    assert len(active) == 12 * len(YEARS)
    for month in ("2015-02-01", "2017-06-01", "2018-12-01"):
        sql = (
            f"SELECT COUNT(*) FROM batch_batch WHERE start_date <= '{month}' AND (actual_end_date IS NULL OR"
            f" actual_end_date > '{month}')"
        )
        assert active[pd.Timestamp(month)] == one(warehouse, sql)
    biomass = (
        accounts.history["biomass"].pivot_table(index="month", columns="stage", values="kg", aggfunc="sum").fillna(0)
    )
    # A post-smolt becomes an adult in its cage, long after it came to sea.
    fish = truth()[2016].ledger.container_days
    for stage, name in ((Stage.POST_SMOLT, "Post-Smolt"), (Stage.ADULT, "Adult")):
        for month in pd.date_range("2016-01-01", "2016-12-01", freq="MS"):
            last = np.datetime64(month + pd.offsets.MonthEnd(1), "D").astype(np.int64)
            left = fish.container[(fish.day == last) & (fish.stage == stage) & (fish.closing > 0)]
            # Biomass is told as last fed: where fish die fast, it is that of the days before.
            fed = fish.take((fish.day > last - LAST_FED_DAYS) & (fish.day <= last) & np.isin(fish.container, left))
            most = pd.Series(fed.closing * fed.weight_g).groupby(pd.Series(fed.container)).max()
            expected = float(most.sum()) / 1000
            assert biomass.loc[month, name] == pytest.approx(expected, rel=0.06, abs=1)


def test_published_figures_are_judged_by_their_bands(accounts: Accounts) -> None:
    found = {comparison.target.key: comparison for comparison in accounts.published(YEARS)}
    figures = accounts.figures(YEARS)
    assert found["harvest_weight"].measured == (figures["harvest_weight_kg"],)
    assert {"economic_fcr_sea", "mortality_month_mean", "adult_females_mean"} <= found.keys()
    # A tiny farm's tonnes say nothing about a company's.
    assert not any(key.startswith("harvest_gutted") for key in found)
    for comparison in found.values():
        inside = comparison.target.low[0] <= comparison.measured[0] <= comparison.target.high[0]
        assert comparison.standing == ("inside" if inside else "outside")


def test_closeups_show_what_is_written(warehouse: Warehouse, accounts: Accounts) -> None:
    batches = growth(accounts.history, YEARS)
    assert 2 <= len(batches) <= 10
    assert max(kg.max() for kg in batches.values()) > 3
    cage = lousy_cage(accounts.history, YEARS)
    assert cage is not None
    assert len(cage.treated) == max(
        count
        for (count,) in warehouse.query(
            "SELECT COUNT(*) FROM health_treatment WHERE description LIKE '%salmon lice%' GROUP BY container_id"
        )
    )
    site = typical_site(accounts, YEARS)
    assert site is not None
    weekly = weekly_mortality(warehouse, accounts.history, site)
    dead = one(
        warehouse,
        f"SELECT SUM(count) FROM health_mortalityrecord WHERE event_date LIKE '{site.year}%'"
        f" AND container_id IN (SELECT id FROM infrastructure_container WHERE area_id = {site.area_id})",
    )
    ours = site_days(accounts.history, site.area_id)
    ours = ours[ours["day"].dt.year == site.year]
    assert ours["dead"].sum() == dead > 0
    assert 0 < weekly.sum().sum() < 100
    seen = water(warehouse, accounts.history, site.year, site.area_id)
    assert seen is not None
    assert set(seen.daily) == {"Temperature", "Dissolved Oxygen"}
    for name, close in seen.close.items():
        assert close.index[-1] - close.index[0] < pd.Timedelta(days=3)
        assert len(seen.daily[name]) > 300
        assert (seen.daily[name]["low"] <= seen.daily[name]["high"]).all()
