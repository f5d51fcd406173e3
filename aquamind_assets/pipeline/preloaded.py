"""What the server of processes beside does once, before any of them is begun: it imports all that they need, and reads
the code for its fingerprints, which takes each of them a second otherwise.

Belongs here: that. Does not belong here: the processes (``side_process``), what they do (``ahead``, ``workers``).
"""

from aquamind_assets.pipeline import ahead as ahead
from aquamind_assets.pipeline.provenance import ledger_code, rows_code
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.releases import DEFAULT_RELEASE

ledger_code()
for _asset in recorders_of(DEFAULT_RELEASE):
    rows_code(_asset, DEFAULT_RELEASE)
