"""Law 6: every abnormal laboratory result has a cause, an outbreak or an issue in the journal.

Belongs here: laboratory results and what explains them. Does not belong here: treatments (``medicine``).
"""

import json

import numpy as np

from aquamind_assets.laws.evidence import Evidence, day_numbers, format_day, id_condition, integers
from aquamind_assets.laws.result import LawResult, ResultBuilder

ISSUE_DAYS = 30
"""An issue in the journal explains an abnormal result at most this number of days before or after it."""


def judge_abnormal_results_have_cause(evidence: Evidence) -> LawResult:
    """Check that the fish of every abnormal laboratory result had an outbreak, or that the journal has an issue or a
    diagnosis near it."""
    found = ResultBuilder()
    results = evidence.frame(
        "SELECT s.id, s.batch_container_assignment_id AS stay, s.sample_date, s.quantitative_results, a.batch_id,"
        " a.container_id FROM health_healthlabsample s LEFT JOIN batch_batchcontainerassignment a ON a.id ="
        " s.batch_container_assignment_id WHERE"
        f" {id_condition(evidence.tables['health_healthlabsample'], evidence.days.first, evidence.days.end - 1, 's')}"
    )
    answered = results[results["quantitative_results"].notna()]
    found.count_checked("laboratory results", len(answered))
    found.skip(len(results) - len(answered), "laboratory samples without results yet")
    if not len(answered):
        found.empty_reason = evidence.no_rows_reason(["health_healthlabsample"])
    abnormal = answered[np.array([_is_abnormal(text) for text in answered["quantitative_results"]], dtype=bool)]
    found.count_checked("abnormal laboratory results", len(abnormal))
    stay, batch, place = (integers(abnormal[name]) for name in ("stay", "batch_id", "container_id"))
    day = day_numbers(abnormal["sample_date"])
    explained = _in_outbreak(evidence, stay, day) | _near_issue(evidence, batch, place, day)
    if evidence.ledger is None:
        found.skip(
            int((~explained).sum()),
            "abnormal results without an issue in the journal: the outbreaks are in the ledger of"
            f" {evidence.year}, which is not stored",
        )
        return found.result()
    found.add_violations_where(
        ~explained,
        lambda i: (
            f"laboratory result {abnormal['id'].iloc[i]} of {format_day(day[i])} is abnormal, without an outbreak or an"
            " issue in the journal"
        ),
    )
    return found.result()


def _is_abnormal(results: object) -> bool:
    values = json.loads(results) if isinstance(results, str) else results
    return isinstance(values, dict) and bool(values.get("abnormal"))


def _in_outbreak(evidence: Evidence, stay: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return whether the ledger has an outbreak in each stay on each day, bool."""
    if evidence.ledger is None:
        return np.zeros(stay.size, dtype=bool)
    outbreaks = evidence.ledger.outbreaks
    runs = (
        (outbreaks.assignment_id[None, :] == stay[:, None])
        & (outbreaks.start_day[None, :] <= day[:, None])
        & (day[:, None] <= outbreaks.end_day[None, :])
    )
    return runs.any(axis=1)


def _near_issue(evidence: Evidence, batch: np.ndarray, place: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return whether the journal has an issue of the batch, in the container or in all containers, within
    :data:`ISSUE_DAYS`, bool."""
    near = id_condition(
        evidence.tables["health_journalentry"], evidence.days.first - ISSUE_DAYS, evidence.days.end - 1 + ISSUE_DAYS
    )
    entries = evidence.frame(
        "SELECT batch_id, container_id, entry_date FROM health_journalentry WHERE category IN ('issue', 'diagnosis')"
        f" AND {near}"
    )
    of_batch, where, entered = (
        integers(entries["batch_id"]),
        integers(entries["container_id"]),
        day_numbers(entries["entry_date"]),
    )
    same = (of_batch[None, :] == batch[:, None]) & ((where[None, :] == place[:, None]) | (where[None, :] < 0))
    return (same & (np.abs(entered[None, :] - day[:, None]) <= ISSUE_DAYS)).any(axis=1)
