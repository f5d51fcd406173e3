"""Tables, recorders and laws of AquaMind's release 2025-08, which tests use that are not about releases."""

from aquamind_assets.laws.registry import laws_of, laws_without_digests
from aquamind_assets.laws.rules import rules_of
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.releases import tables_of

TABLES = tables_of("2025-08")
RECORDERS = recorders_of("2025-08")
RULES = rules_of("2025-08")
LAWS = laws_of("2025-08")
LAWS_WITHOUT_DIGESTS = laws_without_digests("2025-08")
