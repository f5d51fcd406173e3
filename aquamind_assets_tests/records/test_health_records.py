"""Fish health records of ten years agree with the ledger and hold only what was known on site."""

import json
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from aquamind_assets.ledger.model import ContainerDays, Outbreaks, Treatments
from aquamind_assets.records import master_ids as master
from aquamind_assets.records.batch.collection import deaths_by_cause
from aquamind_assets.records.health.fish_samples import sampling_day_of_month
from aquamind_assets_tests.records.decades import decade, tables

PRESETS = ["tiny", pytest.param("demo", marks=pytest.mark.slow)]
pytestmark = pytest.mark.parametrize("preset", PRESETS)
DAY = 86_400_000_000


@lru_cache(maxsize=2)
def fish_of(preset: str) -> ContainerDays:
    return ContainerDays.concat([year.ledger.container_days for year in decade(preset)])


@lru_cache(maxsize=2)
def outbreaks_of(preset: str) -> Outbreaks:
    found = Outbreaks.concat([year.lives.outbreaks for year in decade(preset)])
    return found.take(np.unique(found.outbreak_id, return_index=True)[1])


@lru_cache(maxsize=2)
def stays_of(preset: str) -> pd.DataFrame:
    """Return assignments by id: batch, container, arrival, departure (a far day while they last)."""
    frames = [pd.DataFrame(year.lives.assignments.columns()).set_index("assignment_id") for year in decade(preset)]
    stays = pd.concat(frames).groupby(level=0).last()
    return stays.assign(end_day=stays.end_day.mask(stays.end_day < 0, 10**6))


def journal(preset: str) -> pd.DataFrame:
    return tables(preset, "journal")["health_journalentry"]


def labs(preset: str) -> pd.DataFrame:
    return tables(preset, "lab_samples")["health_healthlabsample"]


# ---------------------------------------------------------------------------------------------
# deaths


def test_deaths_add_up_to_the_ledger_and_to_the_mortality_events(preset):
    mortality = tables(preset, "mortality")
    events, records = mortality["batch_mortalityevent"], mortality["health_mortalityrecord"]
    scenario = decade(preset)[0].scenario
    reasons = {
        int(master.mortality_reason_id(scenario, np.array([cause]))[0]): name
        for cause, name in enumerate(master.CAUSE_NAMES)
    }
    reasons |= {
        int(reason): "DISEASE"
        for reason in master.disease_reason_id(scenario, np.arange(len(scenario.health.diseases)))
    }
    recorded = records.groupby([records.batch_id, records.event_date // DAY, records.reason_id.map(reasons)])[
        "count"
    ].sum()
    written = events.groupby([events.batch_id, events.event_date, events.cause])["count"].sum()
    assert (recorded.sort_index().to_numpy() == written.sort_index().to_numpy()).all()
    assert (records["count"] > 0).all()
    assert records["count"].sum() == deaths_by_cause(fish_of(preset)).sum()


def test_a_diagnosed_disease_names_its_deaths_and_an_unknown_one_does_not(preset):
    scenario = decade(preset)[0].scenario
    records = tables(preset, "mortality")["health_mortalityrecord"]
    found = outbreaks_of(preset)
    containers = decade(preset)[0].infrastructure.containers.container_id
    for disease in range(len(scenario.health.diseases)):
        reason = int(master.disease_reason_id(scenario, np.array([disease]))[0])
        named = records[records.reason_id == reason]
        mine = found.take((found.disease == disease) & (found.detected_day >= 0))
        for row in named.itertuples():
            known = mine.take(containers[mine.container] == row.container_id)
            assert ((known.detected_day <= row.event_date // DAY) & (known.batch_id == row.batch_id)).any(), row


# -------------------------------------------------------------------------------------------------------------------
# laboratory


def test_abnormal_results_have_a_real_outbreak(preset):
    found, samples = outbreaks_of(preset), labs(preset)
    answered = samples.dropna(subset=["quantitative_results"])
    abnormal = answered[[json.loads(text)["abnormal"] for text in answered.quantitative_results]]
    for row in abnormal.itertuples():
        sick = (
            (found.assignment_id == row.batch_container_assignment_id)
            & (found.start_day <= row.sample_date)
            & (row.sample_date < found.end_day)
        )
        assert sick.any(), row
    assert len(abnormal) < 0.25 * len(answered)
    if len(found):
        assert len(abnormal)


def test_every_diagnosis_has_its_samples(preset):
    found, samples = outbreaks_of(preset), labs(preset)
    known = found.take(found.detected_day >= 0)
    for one in range(len(known)):
        mine = samples[samples.batch_container_assignment_id == known.assignment_id[one]]
        assert (mine.date_results_received == known.detected_day[one]).any()


def test_samples_travel_forward_in_time_and_inside_the_stay(preset):
    samples, stays = labs(preset), stays_of(preset)
    sent, received = samples.date_sent_to_lab.dropna(), samples.date_results_received.dropna()
    assert (samples.sample_date.loc[sent.index] <= sent).all()
    assert (sent.loc[received.index] <= received).all()
    assert (received <= decade(preset)[-1].lives.through).all()
    stay = stays.loc[samples.batch_container_assignment_id]
    assert (samples.sample_date.to_numpy() >= stay.start_day.to_numpy()).all()
    assert (samples.sample_date.to_numpy() <= stay.end_day.to_numpy()).all()
    assert samples.lab_reference_id.is_unique
    years = pd.to_datetime(received.astype("int64"), unit="D").dt.year
    assert (years == pd.to_datetime(samples.sample_date.loc[received.index].astype("int64"), unit="D").dt.year).all()
    assert samples.sample_type_id.nunique() == len(master.SAMPLE_TYPES)


# ---------------------------------------------------------------------------------------------------------------------
# sampling


def test_aggregates_are_those_of_the_single_fish(preset):
    sampled = tables(preset, "health_samplings")
    events, fish = sampled["health_healthsamplingevent"], sampled["health_individualfishobservation"]
    weight, length = fish.weight_g.astype(float) / 100, fish.length_cm.astype(float) / 100
    by_event = fish.sampling_event_id
    expected = {
        "avg_weight_g": weight.groupby(by_event).mean() * 100,
        "std_dev_weight_g": weight.groupby(by_event).std(ddof=0) * 100,
        "min_weight_g": weight.groupby(by_event).min() * 100,
        "max_weight_g": weight.groupby(by_event).max() * 100,
        "avg_length_cm": length.groupby(by_event).mean() * 100,
        "std_dev_length_cm": length.groupby(by_event).std(ddof=0) * 100,
        "min_length_cm": length.groupby(by_event).min() * 100,
        "max_length_cm": length.groupby(by_event).max() * 100,
        "avg_k_factor": (100 * weight / length**3).groupby(by_event).mean() * 1e4,
        "number_of_fish_sampled": weight.groupby(by_event).size(),
        "calculated_sample_size": weight.groupby(by_event).size(),
    }
    for name, values in expected.items():
        assert (events[name].astype(float) - values.loc[events.index]).abs().max() <= 0.501, name
    assert events.number_of_fish_sampled.between(10, 30).all()
    assert not fish.duplicated(["sampling_event_id", "fish_identifier"]).any()


def test_samplings_are_monthly_and_inside_the_stay(preset):
    events, stays = tables(preset, "health_samplings")["health_healthsamplingevent"], stays_of(preset)
    stay = stays.loc[events.assignment_id]
    assert (events.sampling_date.to_numpy() >= stay.start_day.to_numpy()).all()
    assert (events.sampling_date.to_numpy() < stay.end_day.to_numpy()).all()
    batch, day = stay.batch_id.to_numpy(), events.sampling_date.to_numpy().astype("datetime64[D]")
    turn = sampling_day_of_month(batch) - 1
    month = day.astype("datetime64[M]")
    # The turn of the month, or that of the month before where it is still to come.
    month = month - (month.astype("datetime64[D]") + turn > day)
    late = day - (month.astype("datetime64[D]") + turn)
    # It may wait for a working day, over Easter for five days.
    assert (late <= np.timedelta64(5, "D")).all()
    days_of_turn = pd.Series(day).groupby([batch, month]).nunique()
    assert (days_of_turn == 1).all()


def test_sampled_weights_follow_the_container(preset):
    events = tables(preset, "health_samplings")["health_healthsamplingevent"]
    fish = fish_of(preset)
    true = pd.DataFrame({"mean": fish.weight_g, "cv": fish.weight_cv}, index=[fish.assignment_id, fish.day])
    known = true.loc[pd.MultiIndex.from_arrays([events.assignment_id, events.sampling_date])]
    error = (events.avg_weight_g.astype(float).to_numpy() / 100 - known["mean"].to_numpy()) / known["mean"].to_numpy()
    z = error * np.sqrt(events.number_of_fish_sampled.astype(float).to_numpy()) / known["cv"].to_numpy()
    assert abs(z.mean()) < 4 / np.sqrt(z.size)
    assert 0.8 < z.std() < 1.2


def test_scores_follow_lice_and_sickness(preset):
    sampled, scenario = tables(preset, "health_samplings"), decade(preset)[0].scenario
    scores = sampled["health_fishparameterscore"]
    assert not scores.duplicated(["individual_fish_observation_id", "parameter_id"]).any()
    of_fish = sampled["health_individualfishobservation"].sampling_event_id
    events = sampled["health_healthsamplingevent"]
    fish = fish_of(preset)
    true = pd.DataFrame({"females": fish.adult_female, "sick": fish.sick_share}, index=[fish.assignment_id, fish.day])
    known = true.loc[pd.MultiIndex.from_arrays([events.assignment_id, events.sampling_date])].set_axis(events.index)
    damage = int(master.health_parameter_id(scenario, np.array([master.HEALTH_PARAMETERS.index("Sea Lice Damage")]))[0])
    mean = (
        scores[scores.parameter_id == damage].groupby(scores.individual_fish_observation_id.map(of_fish)).score.mean()
    )
    lousy = known.females.loc[mean.index] > known.females[known.females > 0].median()
    assert mean[lousy].mean() > mean[~lousy].mean() + 0.2
    healthy = scores[(scores.parameter_id != damage)].score
    assert healthy.mean() < 1.4


# ----------------------------------------------------------------------------------------------------------------------
# journal


def test_two_entries_are_rarely_the_same(preset):
    text = journal(preset).description
    assert text.duplicated().mean() < 0.02
    assert text.str.len().between(20, 1200).all()
    assert not text.str.contains(r"\{|\}|  |None|nan").any()


def test_every_batch_has_a_weekly_round(preset):
    entries = journal(preset)
    rounds = entries[(entries.index % 10_000_000 < 1_000_000)]
    days = (rounds.entry_date // DAY).groupby(rounds.batch_id)
    gaps = days.apply(lambda day: day.sort_values().diff().dropna())
    interval = decade(preset)[0].scenario.health.sampling.journal_interval_days
    # Holidays move a round, by six days at most.
    assert (abs(gaps - interval) <= 6).all()
    assert (gaps == interval).mean() > 0.85
    assert ((rounds.entry_date // DAY + 3) % 7 < 5).all()
    lived = pd.Series(fish_of(preset).day).groupby(fish_of(preset).batch_id).agg(["min", "max"])
    expected = (lived["max"] - lived["min"]) / 7
    assert (days.size().reindex(expected.index, fill_value=0).astype(float) >= expected - 2).all()


def test_no_entry_mentions_an_outbreak_before_its_diagnosis(preset):
    entries, found = journal(preset), outbreaks_of(preset)
    for disease, spec in enumerate(decade(preset)[0].scenario.health.diseases):
        recorded = entries[
            entries.description.str.contains(
                f"{spec.name} still in|{spec.name} \\(|with {spec.name} we|Following {spec.name}"
            )
            & (entries.category != "diagnosis")
        ]
        mine = found.take((found.disease == disease) & (found.detected_day >= 0))
        for row in recorded.itertuples():
            day = row.entry_date // DAY
            assert ((mine.batch_id == row.batch_id) & (mine.detected_day <= day) & (day < mine.end_day)).any(), row
    assert (entries.category == "diagnosis").sum() == (found.detected_day >= 0).sum()


def test_issues_are_resolved(preset):
    entries, through = journal(preset), decade(preset)[-1].lives.through
    open_ones = entries[entries.resolution_status == 0]
    assert (open_ones.resolution_notes == "").all()
    assert (entries[(entries.resolution_status == 1) & (entries.category == "issue")].resolution_notes != "").all()
    assert (entries.updated_at >= entries.created_at).all()
    assert (entries.updated_at < (through + 1) * DAY).all()
    found = outbreaks_of(preset)
    over = set(found.outbreak_id[(found.detected_day >= 0) & (found.end_day <= through + 1)])
    diagnoses = entries[entries.category == "diagnosis"]
    assert diagnoses.resolution_status.sum() == len(over)


# ------------------------------------------------------------------------------------------------------- treatments,
# lice counts


def test_treatments_are_those_of_the_ledger(preset):
    rows = tables(preset, "treatments")["health_treatment"].sort_index()
    given = Treatments.concat([year.lives.treatments for year in decade(preset)])
    given = given.take(np.unique(given.treatment_id, return_index=True)[1])
    assert (rows.index.to_numpy() == given.treatment_id).all()
    assert (rows.vaccination_type_id.notna() == (rows.treatment_type == "vaccination")).all()
    assert (rows.treatment_date // DAY == given.day).all()
    assert rows.dosage.str.len().gt(0).all()
    assert rows.description.str.contains("adult females per fish|clinical signs|by injection").all()
    vaccinated = rows[rows.treatment_type == "vaccination"].groupby("batch_id").size()
    assert (vaccinated == 1).all()


def test_records_lie_inside_the_stays_they_name(preset):
    """A row that names batch and container has a stay of that batch in that container on its day."""
    stays, containers = stays_of(preset), decade(preset)[0].infrastructure.containers.container_id
    sources = [
        (tables(preset, "lice_counts")["health_licecount"], "count_date"),
        (tables(preset, "mortality")["health_mortalityrecord"], "event_date"),
        (tables(preset, "treatments")["health_treatment"], "treatment_date"),
        (journal(preset), "entry_date"),
    ]
    lived = {
        key: list(zip(group.start_day, group.end_day, strict=True))
        for key, group in stays.groupby([stays.batch_id, containers[stays.container]])
    }
    for rows, instant in sources:
        named = rows.dropna(subset=["container_id"])
        keys = pd.DataFrame(
            {"batch": named.batch_id, "container": named.container_id, "day": named[instant] // DAY}
        ).drop_duplicates()
        outside = [
            key
            for key in keys.itertuples(index=False)
            if not any(low <= key.day <= high for low, high in lived.get((key.batch, key.container), []))
        ]
        assert not outside, (instant, outside[:3])


def test_records_are_signed_by_the_responsible_people(preset):
    people = tables(preset, "reference_data")
    profiles = people["users_userprofile"].set_index("user_id")
    assert people["auth_user"].username.is_unique
    assert people["auth_user"].password.str.startswith("!").all()
    assert set(profiles.role) == {"ADMIN", "MGR", "OPR", "VET", "QA", "FIN", "VIEW"}
    assert set(profiles.subsidiary) == {"BS", "FW", "FM", "LG", "ALL"}
    assert set(profiles.geography) == {"FO", "SC", "ALL"}
    assert len(profiles) == len(people["auth_user"])
    signed = {
        "OPR": tables(preset, "feeding_events")["inventory_feedingevent"].recorded_by_id,
        "VET": journal(preset).user_id,
    }
    for role, users in signed.items():
        assert (profiles.role.loc[users.unique()] == role).all()
