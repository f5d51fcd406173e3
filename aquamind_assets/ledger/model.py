"""The ledger: everything that happened on the farm in one year.

The farm writes the ledger and the recorders read it; recorders make no decisions about the farm. All days are day
numbers (``timeline``), -1 for none. All ids are the database's row ids. Enumerations are in ``codes``.

Frames are sorted by (day, container) or by id, as their docstrings state. "As of the end" means the state on the
ledger's last simulated day. The frames of true infections, lice and weights are the ground truth for training and
testing detectors on the recorded tables.

Belongs here: the frames of a ledger. Does not belong here: the state that the next day depends on (``state``).
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.frames import Frame, column


class Batches(Frame):
    """Every batch alive on any day of the year, as of the end; sorted by batch_id."""

    batch_id: np.ndarray = column("int64", "", "row id; its day is the start day")
    number: np.ndarray = column("str", "", "BAK{year}{ISO week}{number}")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    station: np.ndarray = column("int16", "", "row in Stations where it hatched, -1 for fish brought into the sea")
    external_eggs: np.ndarray = column("bool", "", "eggs bought from outside (else own broodstock)")
    egg_supplier: np.ndarray = column("str", "", "name of the egg supplier")
    eggs: np.ndarray = column("int64", "fish", "eggs stocked, or fish brought into the sea; 0 for a mixed batch")
    stage: np.ndarray = column("int8", "", "Stage as of the end (the last stage of a batch that has ended)")
    stage_day: np.ndarray = column("int32", "day", "day the batch as a whole entered that stage")
    status: np.ndarray = column("int8", "", "BatchStatus as of the end")
    start_day: np.ndarray = column("int32", "day", "start day")
    expected_end_day: np.ndarray = column("int32", "day", "end of harvest as planned on the start day")
    end_day: np.ndarray = column("int32", "day", "day the last fish left, or -1")
    vaccine: np.ndarray = column("int8", "", "row in the scenario's vaccines, or -1")
    vaccinated_day: np.ndarray = column("int32", "day", "day of vaccination, or -1")
    mixed: np.ndarray = column(
        "bool", "", "mixed from fish of other batches; its vaccine is that of the youngest of them"
    )


class Compositions(Frame):
    """Sources of each batch that was mixed in the year, one row for each source; sorted by composition_id."""

    composition_id: np.ndarray = column("int64", "", "row id; its day is the day of mixing")
    mixed_batch: np.ndarray = column("int64", "", "batch the fish became")
    source_batch: np.ndarray = column("int64", "", "batch the fish came from")
    day: np.ndarray = column("int32", "day", "day of mixing")
    count: np.ndarray = column("int64", "fish", "fish that arrived alive")
    weight_g: np.ndarray = column("float64", "g", "their mean weight")


class StageChanges(Frame):
    """Days on which a batch as a whole entered a stage (the first container that did); sorted by (day, batch_id)."""

    batch_id: np.ndarray = column("int64", "", "batch")
    day: np.ndarray = column("int32", "day", "day of entry")
    stage: np.ndarray = column("int8", "", "Stage entered")


class Assignments(Frame):
    """Every stay of a batch in a container that touches the year, as of the end; sorted by assignment_id."""

    assignment_id: np.ndarray = column("int64", "", "row id; its day is the day of arrival")
    batch_id: np.ndarray = column("int64", "", "batch")
    container: np.ndarray = column("int32", "", "row in Containers")
    stage: np.ndarray = column(
        "int8", "", "Stage as of the end or of departure (fish stay in their cage from Post-Smolt to Adult)"
    )
    start_day: np.ndarray = column("int32", "day", "day of arrival")
    end_day: np.ndarray = column("int32", "day", "day of departure, or -1")
    stocked_count: np.ndarray = column("int64", "fish", "fish moved in on the first day")
    stocked_weight_g: np.ndarray = column("float64", "g", "mean weight on the first day")
    population: np.ndarray = column("int64", "fish", "fish in it as of the end; 0 after departure")
    uncollected: np.ndarray = column("int64", "fish", "dead fish in it that are not collected yet, as of the end")
    weight_g: np.ndarray = column("float64", "g", "mean weight as of the end or of departure")


class ContainerDays(Frame):
    """One row for every container that holds fish on some part of a day; sorted by (day, container).

    ``opening + moved_in - moved_out - transfer_loss - deaths - harvested = closing``. ``opening`` of an assignment's
    first day is 0. Fish that leave alive are counted in ``moved_out``; fish that die in the transfer are counted in
    ``transfer_loss`` of the container they leave.
    """

    day: np.ndarray = column("int32", "day", "day")
    container: np.ndarray = column("int32", "", "row in Containers")
    batch_id: np.ndarray = column("int64", "", "batch")
    assignment_id: np.ndarray = column("int64", "", "assignment")
    stage: np.ndarray = column("int8", "", "Stage")
    opening: np.ndarray = column("int64", "fish", "fish at the start of the day")
    moved_in: np.ndarray = column("int64", "fish", "fish stocked or transferred in")
    moved_out: np.ndarray = column("int64", "fish", "fish transferred out alive")
    transfer_loss: np.ndarray = column("int64", "fish", "fish that died in the transfer out of the container")
    deaths_handling: np.ndarray = column("int32", "fish", "deaths by handling")
    deaths_disease: np.ndarray = column("int32", "fish", "deaths by disease, including depopulation")
    deaths_environmental: np.ndarray = column("int32", "fish", "deaths by water, weather and algae")
    deaths_unknown: np.ndarray = column("int32", "fish", "deaths of unknown cause")
    deaths_predation: np.ndarray = column("int32", "fish", "deaths by predators")
    deaths_escape: np.ndarray = column("int32", "fish", "fish that escaped")
    collected: np.ndarray = column(
        "bool", "", "the dead fish were collected: those of the day and of the days before on which they were not"
    )
    harvested: np.ndarray = column("int64", "fish", "fish harvested")
    closing: np.ndarray = column("int64", "fish", "fish at the end of the day")
    weight_g: np.ndarray = column("float64", "g", "mean live weight at the end of the day")
    weight_cv: np.ndarray = column("float32", "1", "coefficient of variation of individual weights")
    condition: np.ndarray = column("float32", "g/cm3 x 100", "mean condition factor K = 100 W / L^3")
    temperature: np.ndarray = column("float32", "degC", "mean water temperature")
    oxygen: np.ndarray = column("float32", "mg/L", "mean dissolved oxygen in the container")
    salinity: np.ndarray = column("float32", "ppt", "mean salinity")
    feed_container: np.ndarray = column("int32", "", "row in FeedContainers that the feed came from, or -1")
    feed_g: np.ndarray = column("int64", "g", "feed eaten, a multiple of 10")
    fasting: np.ndarray = column("bool", "", "fish were fasted")
    sick_share: np.ndarray = column("float32", "1", "share of the fish that are clinically sick")
    disease: np.ndarray = column("int8", "", "most severe running infection: row in the scenario's diseases, or -1")
    chalimus: np.ndarray = column("float32", "per fish", "true attached lice (copepodids and chalimus)")
    preadult: np.ndarray = column("float32", "per fish", "true pre-adult lice")
    adult_male: np.ndarray = column("float32", "per fish", "true adult male lice")
    adult_female: np.ndarray = column("float32", "per fish", "true adult female lice")
    infection_pressure: np.ndarray = column("float32", "per fish and day", "true infection pressure: settling lice")


class Movements(Frame):
    """Stockings, transfers, splittings, harvests and mixings, one row for each pair of containers; sorted by
    movement_id."""

    movement_id: np.ndarray = column("int64", "", "row id; its day is the day of the movement")
    day: np.ndarray = column("int32", "day", "day")
    kind: np.ndarray = column("int8", "", "Movement")
    batch_id: np.ndarray = column("int64", "", "batch of the fish; in a mixing the source batch")
    from_assignment: np.ndarray = column("int64", "", "source assignment, or -1 (stocking)")
    to_assignment: np.ndarray = column("int64", "", "destination assignment, or -1 (harvest)")
    from_container: np.ndarray = column("int32", "", "row in Containers, or -1")
    to_container: np.ndarray = column("int32", "", "row in Containers, or -1")
    from_stage: np.ndarray = column("int8", "", "Stage before, or -1 (stocking)")
    to_stage: np.ndarray = column("int8", "", "Stage after, or -1 (harvest)")
    source_count: np.ndarray = column(
        "int64", "fish", "fish in the source container just before this movement; 0 for stocking"
    )
    count: np.ndarray = column("int64", "fish", "fish that arrived alive or were harvested")
    loss: np.ndarray = column("int64", "fish", "fish that died in the movement")
    weight_g: np.ndarray = column("float64", "g", "mean weight of the moved fish")
    reason: np.ndarray = column("int8", "", "HarvestReason, -1 if the fish are not harvested")


class Outbreaks(Frame):
    """Infections of one container by one disease that run on any day of the year, as of the end; sorted by outbreak_id.
    Ground truth."""

    outbreak_id: np.ndarray = column("int64", "", "row id; its day is the first day of infection in the container")
    event_id: np.ndarray = column("int64", "", "outbreak_id of the first infected container of the site's outbreak")
    disease: np.ndarray = column("int8", "", "row in the scenario's diseases")
    site: np.ndarray = column("int16", "", "row in Sites")
    container: np.ndarray = column("int32", "", "row in Containers")
    batch_id: np.ndarray = column("int64", "", "batch")
    assignment_id: np.ndarray = column("int64", "", "assignment")
    start_day: np.ndarray = column(
        "int32", "day", "first day of infection in this container; if moved fish brought it, the day of their arrival"
    )
    end_day: np.ndarray = column("int32", "day", "first day without infection; planned while the infection runs")
    severity: np.ndarray = column(
        "float32",
        "1",
        "log-normal severity, median 1; if moved fish brought it, diluted by the healthy fish",
    )
    peak_sick_share: np.ndarray = column("float32", "1", "highest share of sick fish so far")
    detected_day: np.ndarray = column(
        "int32", "day", "day of diagnosis, or -1; if moved fish brought a diagnosed infection, the day of their arrival"
    )
    treated_day: np.ndarray = column("int32", "day", "day the first treatment began, or -1")
    reported: np.ndarray = column("bool", "", "reported to the authority (ISA and IPN)")
    depopulated: np.ndarray = column("bool", "", "container depopulated by order of the authority")
    deaths: np.ndarray = column("int64", "fish", "deaths by this infection so far")


class Treatments(Frame):
    """Treatments and vaccinations, as of the end; sorted by treatment_id."""

    treatment_id: np.ndarray = column("int64", "", "row id; its day is the day of treatment")
    day: np.ndarray = column("int32", "day", "first day")
    reason: np.ndarray = column("int8", "", "TreatmentReason")
    method: np.ndarray = column("int8", "", "row in the scenario's treatments, -1 for a vaccination")
    vaccine: np.ndarray = column("int8", "", "row in the scenario's vaccines, or -1")
    disease: np.ndarray = column("int8", "", "row in the scenario's diseases, or -1")
    outbreak_id: np.ndarray = column("int64", "", "outbreak treated, or -1")
    batch_id: np.ndarray = column("int64", "", "batch")
    assignment_id: np.ndarray = column("int64", "", "assignment, or -1 for a whole batch")
    container: np.ndarray = column("int32", "", "row in Containers, or -1 for a whole batch")
    duration_days: np.ndarray = column("int16", "day", "duration")
    withholding_days: np.ndarray = column("int16", "day", "withholding period after the treatment")
    trigger: np.ndarray = column(
        "float32", "per fish", "adult females per fish, or sick share, that triggered the treatment"
    )
    efficacy: np.ndarray = column("float32", "1", "true share of lice removed, or reduction of the disease's impact")
    fish_lost: np.ndarray = column("int64", "fish", "deaths by the handling so far")
    biomass_kg: np.ndarray = column("float64", "kg", "biomass treated")
    outcome: np.ndarray = column("int8", "", "Outcome as of the end")


class TreatmentPlans(Frame):
    """Decisions to treat containers, and what came of them, as of the end; sorted by plan_id. A treatment waits for the
    days of fasting and for the boat."""

    plan_id: np.ndarray = column("int64", "", "id; its day is the day of the decision")
    day: np.ndarray = column("int32", "day", "day of the decision")
    due_day: np.ndarray = column("int32", "day", "planned day of the treatment")
    end_day: np.ndarray = column(
        "int32", "day", "day of the treatment, or the day on which the fish left before it; -1 while it waits"
    )
    treatment_id: np.ndarray = column("int64", "", "treatment that was given, or -1")
    reason: np.ndarray = column("int8", "", "TreatmentReason")
    method: np.ndarray = column("int8", "", "row in the scenario's treatments")
    disease: np.ndarray = column("int8", "", "row in the scenario's diseases, -1 for lice")
    batch_id: np.ndarray = column("int64", "", "batch")
    assignment_id: np.ndarray = column("int64", "", "assignment")
    container: np.ndarray = column("int32", "", "row in Containers")


class LiceCounts(Frame):
    """Counts of lice on a sample of fish; sorted by count_id. Totals over the sampled fish."""

    count_id: np.ndarray = column("int64", "", "row id; its day is the day of the count")
    day: np.ndarray = column("int32", "day", "day")
    container: np.ndarray = column("int32", "", "row in Containers")
    batch_id: np.ndarray = column("int64", "", "batch")
    assignment_id: np.ndarray = column("int64", "", "assignment")
    fish_sampled: np.ndarray = column("int16", "fish", "fish in the sample")
    adult_female: np.ndarray = column("int32", "lice", "adult females counted")
    adult_male: np.ndarray = column("int32", "lice", "adult males counted")
    juvenile: np.ndarray = column("int32", "lice", "chalimus and pre-adults counted")


class Deliveries(Frame):
    """Feed purchases that were ordered or delivered in the year; sorted by purchase_id."""

    purchase_id: np.ndarray = column("int64", "", "row id; its day is the day of the order")
    order_day: np.ndarray = column("int32", "day", "day of the order")
    delivery_day: np.ndarray = column("int32", "day", "day of delivery; may be in the next year")
    feed_container: np.ndarray = column("int32", "", "row in FeedContainers")
    quantity_g: np.ndarray = column("int64", "g", "quantity, whole kilograms")
    price_cents_per_kg: np.ndarray = column("int64", "EUR cent/kg", "price")
    supplier: np.ndarray = column("int8", "", "row in the scenario's feed suppliers")


class FeedLots(Frame):
    """Lots in store at the start of the year, oldest first in each feed container; sorted by (feed_container,
    delivery_day, purchase_id)."""

    feed_container: np.ndarray = column("int32", "", "row in FeedContainers")
    purchase_id: np.ndarray = column("int64", "", "purchase_id of the lot's purchase")
    order_day: np.ndarray = column("int32", "day", "day of the order")
    delivery_day: np.ndarray = column("int32", "day", "day of delivery")
    quantity_g: np.ndarray = column("int64", "g", "quantity bought")
    remaining_g: np.ndarray = column("int64", "g", "feed left of the lot")
    price_cents_per_kg: np.ndarray = column("int64", "EUR cent/kg", "price")
    supplier: np.ndarray = column("int8", "", "row in the scenario's feed suppliers")


class FeedStores(Frame):
    """Each feed container at the start and as of the end; sorted by feed_container."""

    feed_container: np.ndarray = column("int32", "", "row in FeedContainers")
    opening_g: np.ndarray = column("int64", "g", "stock at the start of the year")
    opening_cost_carry: np.ndarray = column(
        "int64",
        "1/1000 EUR cent",
        "cost of feedings before this year that was not yet charged (cumulative rounding)",
    )
    closing_g: np.ndarray = column("int64", "g", "stock as of the end")


class Events(Frame):
    """Acute events in a container; sorted by event_id. Ground truth of mortality spikes."""

    event_id: np.ndarray = column("int64", "", "id; its day is the day of the event")
    day: np.ndarray = column("int32", "day", "day")
    kind: np.ndarray = column("int8", "", "EventKind")
    container: np.ndarray = column("int32", "", "row in Containers")
    batch_id: np.ndarray = column("int64", "", "batch")
    fish_lost: np.ndarray = column("int64", "fish", "fish that died or escaped")


class SiteDays(Frame):
    """Water and weather of every site and day of the year, from ``farm.sites.climate``; sorted by (day, site). Weather
    is that of the site's location."""

    day: np.ndarray = column("int32", "day", "day")
    site: np.ndarray = column("int16", "", "row in Sites")
    temperature: np.ndarray = column("float32", "degC", "mean water temperature")
    temperature_amplitude: np.ndarray = column(
        "float32", "degC", "half of the diel range of the water; highest at 16 h"
    )
    stratification: np.ndarray = column("float32", "degC/m", "decrease of temperature for each m of depth; 0 in halls")
    salinity: np.ndarray = column("float32", "ppt", "mean salinity")
    halocline: np.ndarray = column("float32", "ppt/m", "increase of salinity for each m of depth; 0 in halls")
    oxygen_saturation: np.ndarray = column("float32", "%", "oxygen saturation of the inflowing water, before the fish")
    stagnation: np.ndarray = column(
        "float32", "1", "oxygen that fish in a cage lack, relative to that in a usual tide; 1 in halls"
    )
    ph: np.ndarray = column("float32", "1", "mean pH")
    air_temperature: np.ndarray = column("float32", "degC", "mean air temperature")
    wind_speed: np.ndarray = column("float32", "m/s", "mean wind speed")
    wind_direction: np.ndarray = column("int16", "degree", "direction the wind comes from, 0..359")
    wave_height: np.ndarray = column("float32", "m", "significant wave height; 0 for halls")
    precipitation: np.ndarray = column("float32", "mm", "precipitation of the day")
    cloud_cover: np.ndarray = column("int8", "%", "cloud cover, 0..100")


@dataclass(frozen=True)
class Ledger:
    """A year of the farm, up to and including day ``through``. ``fingerprint`` is that of the scenario."""

    year: int
    through: int
    fingerprint: str
    batches: Batches
    stage_changes: StageChanges
    assignments: Assignments
    container_days: ContainerDays
    movements: Movements
    outbreaks: Outbreaks
    treatments: Treatments
    treatment_plans: TreatmentPlans
    lice_counts: LiceCounts
    compositions: Compositions
    deliveries: Deliveries
    feed_lots: FeedLots
    feed_stores: FeedStores
    events: Events
