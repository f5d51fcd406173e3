"""Bookings: what a batch will need on its way, written down so that no other batch counts on it.

Belongs here: forecasting one batch from where it is, and its rows in the booking tables. Does not belong here: the
forecast itself (``planning``), whether something is free (``space``).
"""

from aquamind_assets.farm.batches.planning import Standing, Step, Way
from aquamind_assets.farm.moves import space
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Stage


def forecast(farm: Farm, station: int, batch: Standing) -> Way:
    """The forecast way of a batch from where it is today."""
    steps = farm.steps[batch.geography] or []
    halls = {number: _hall(farm, station, steps[number]) for number in range(batch.step, len(steps))}
    return farm.forecaster.way(batch, halls, {number: steps[number].stage for number in halls}, farm.today.day)


def _hall(farm: Farm, station: int, step: Step) -> int:
    """The first hall of a container step in a station."""
    return int(farm.infrastructure.containers.hall[farm.tanks(station, step)[0]])


def book(farm: Farm, batch: int, way: Way, needs: dict[int, int], areas: tuple[int, int]) -> None:
    """Writes the bookings of a batch anew.

    Args:
        farm: the farm.
        batch: row in Batches.
        way: its forecast way.
        needs: containers in each freshwater step of the way.
        areas: areas from the sea transfer on, and more from splitting on.
    """
    station, geography = int(farm.batches["station"][batch]), int(farm.batches["geography"][batch])
    farm.tank_bookings.keep(farm.tank_bookings["batch"] != batch)
    for step, (first, end) in space.spans(way).items():
        grace = int(farm.layout.grace[farm.tanks(station, (farm.steps[geography] or [])[step])].max())
        farm.tank_bookings.add(
            batch=batch, step=step, station=station, first_day=first, end_day=end + grace, containers=needs[step]
        )
    end = space.harvest_end(farm, geography, way) + space.fallow_days(farm, geography)
    farm.area_bookings.keep(farm.area_bookings["batch"] != batch)
    for amount, first, later in ((areas[0], way.sea, False), (areas[1], way.splitting, True)):
        if amount:
            farm.area_bookings.add(
                batch=batch, geography=geography, first_day=first, end_day=end, areas=amount, later=later
            )


def rebook(farm: Farm, batch: int) -> None:
    """Forecasts a batch anew from where it is, and moves its bookings."""
    station, rows = int(farm.batches["station"][batch]), farm.of_batch(batch)
    early = farm.batches["stage"][batch] == Stage.EGG_ALEVIN
    progress = float(farm.containers.degree_days[rows].mean()) if early else farm.mean_weight(rows)
    plan = {name: farm.plans[name][batch] for name in ("step", "target_weight_g", "adult_day", "smolt_weight_g")}
    standing = Standing(
        int(farm.batches["geography"][batch]),
        int(plan["step"]),
        progress,
        float(farm.containers.count[rows].sum()),
        float(plan["target_weight_g"]),
        int(plan["adult_day"]),
        float(plan["smolt_weight_g"]),
    )
    way = forecast(farm, station, standing)
    b = farm.tank_bookings
    needs = {
        int(number): int(amount)
        for number, amount in zip(b["step"][b["batch"] == batch], b["containers"][b["batch"] == batch], strict=True)
    }
    book(farm, batch, way, needs, areas_booked(farm, batch))
    if standing.step in way.steps:
        farm.plans["sea_day"][batch] = way.sea


def areas_booked(farm: Farm, batch: int) -> tuple[int, int]:
    """Areas that a batch has or is about to take, and those it will take when it is split."""
    b = farm.area_bookings
    mine = b["batch"] == batch
    return int(b["areas"][mine & ~b["later"]].sum()), int(b["areas"][mine & b["later"]].sum())
