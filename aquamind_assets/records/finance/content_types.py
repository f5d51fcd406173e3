"""Kinds of what is sold between companies.

Belongs here: rows of ``django_content_type`` that transactions name. Does not belong here: the transactions. A database
that Django's migrations made has these rows; the platform refers to them then.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records import master_ids as master
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.tables.rows import Rows, rows

KINDS = (("harvest", "harvestevent"), ("batch", "batchtransferworkflow"))
"""Application and model of each kind."""

HARVEST, WORKFLOW = range(len(KINDS))
"""Positions in :data:`KINDS`."""


def content_type_id(year: YearInputs, kind: int) -> np.ndarray:
    """Return the ``django_content_type`` id of a position in :data:`KINDS`, a single number."""
    return master.content_type_id(year.scenario, np.array(kind))


def content_types(year: YearInputs) -> Iterator[Rows]:
    """Yield the kinds, the same in every year."""
    yield rows(
        year.tables["django_content_type"],
        len(KINDS),
        id=master.content_type_id(year.scenario, np.arange(len(KINDS))),
        app_label=[app for app, _ in KINDS],
        model=[model for _, model in KINDS],
    )
