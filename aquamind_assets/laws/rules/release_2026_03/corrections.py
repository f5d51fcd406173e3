"""Rules of corrected records: numbers that people type, in the histories of the tables that have them."""

from collections.abc import Iterator

from aquamind_assets.laws.rules.model import Rule
from aquamind_assets.records.corrections.chance import LONGEST_DAYS
from aquamind_assets.records.corrections.tables import TYPED
from aquamind_assets.tables.releases import tables_of
from aquamind_assets.timeline import day_of_id_sql

_HISTORIES = {spec.versions_of: spec.name for spec in tables_of("2026-03").values() if spec.versions_of in TYPED}


def _rules(table: str, column: str) -> Iterator[Rule]:
    history = _HISTORIES[table]
    versions = f"SELECT t.history_id AS id FROM {history} t JOIN {table} x ON x.id = t.id WHERE {{rows}} AND"
    yield Rule(
        f"{history}.{column}.corrected",
        history,
        "The version of a correction has the number of the row, and the first version before it has another one.",
        query=(
            f"{versions} t.history_type = '~' AND (t.{column} <> x.{column} OR NOT EXISTS (SELECT 1 FROM {history} f"
            f" WHERE f.id = t.id AND f.history_type = '+' AND f.{column} <> t.{column} AND f.history_date <"
            " t.history_date))"
        ),
    )
    # A correction may be of a day that is not written yet; that of the longest wait is, if the day after it is. The
    # days are one list for all rows: ranges of each row's own would join every version with every other.
    day, days = (day_of_id_sql(f"{alias}.history_id", narrow=True) for alias in "tn")
    written = f"{day} + {LONGEST_DAYS + 1} IN (SELECT {days} FROM {history} n)"
    corrected = f"EXISTS (SELECT 1 FROM {history} c WHERE c.id = t.id AND c.history_type = '~')"
    yield Rule(
        f"{history}.{column}.first",
        history,
        "A first version with another number than the row is followed by a correction within two weeks.",
        query=f"{versions} t.history_type = '+' AND t.{column} <> x.{column} AND {written} AND NOT {corrected}",
        over_days=True,
    )


RULES: list[Rule] = [rule for table, column in TYPED.items() for rule in _rules(table, column)]
