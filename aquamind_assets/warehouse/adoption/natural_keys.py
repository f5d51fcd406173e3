"""By which columns people know a row of master data, table by table.

A database in use has a species, stages, geographies, parameters. A row of the platform that means the same is not
inserted a second time: the existing row is adopted. Where the row must be the platform's own (a user, a batch) or means
something else, the platform's key is changed until it differs.

Belongs here: which columns those are. Does not belong here: looking for the rows (``decisions``).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class NaturalKey:
    """Columns by which an existing row is recognized, and columns that must agree as well for it to mean the same."""

    columns: tuple[str, ...]
    agreeing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Copy:
    """A column of another table that repeats a value: ``key`` there holds the id of the row it repeats."""

    table: str
    key: str
    column: str


@dataclass(frozen=True)
class MasterData:
    """How rows of a table meet existing ones.

    Attributes:
        adopted_by: natural keys, the surest first; empty where rows must be the platform's own.
        distinct: keys that no two rows may share. The last column of one is changed where a row of the platform would
            share it with a user-entered row that is not adopted.
        copies: by column, where its values are repeated.
        shared: keys that a row of the platform may share with a user-entered one; both rows are there then.
    """

    adopted_by: tuple[NaturalKey, ...] = ()
    distinct: tuple[tuple[str, ...], ...] = ()
    copies: Mapping[str, tuple[Copy, ...]] | None = None
    shared: tuple[tuple[str, ...], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that matter, each once."""
        keys = [key.columns + key.agreeing for key in self.adopted_by] + list(self.distinct + self.shared)
        return tuple(dict.fromkeys(column for key in keys for column in key))


_BY_NAME = MasterData((NaturalKey(("name",)),), (("name",),))

MASTER_DATA: Mapping[str, MasterData] = {
    "auth_user": MasterData(distinct=(("username",),)),
    "infrastructure_geography": _BY_NAME,
    # A site is a place of its own, with its own position, whatever its name; and its name is in the platform's texts,
    # in the journal and on purchases of feed.
    "infrastructure_area": MasterData(shared=(("name",),)),
    "infrastructure_freshwaterstation": MasterData(shared=(("name",),)),
    # Its name is not unique in the database, but the application's get_or_create fails on two of one name.
    "infrastructure_containertype": MasterData((NaturalKey(("name",), ("category",)),), (("name",),)),
    "broodstock_eggsupplier": _BY_NAME,
    # What users plan by a template of their own is theirs: the platform's has another name then.
    "planning_activitytemplate": MasterData(distinct=(("name",),)),
    "finance_core_accountgroup": MasterData((NaturalKey(("code",), ("account_type",)),), (("code",),)),
    "finance_core_account": MasterData((NaturalKey(("code",), ("account_type",)),), (("code",),)),
    "django_content_type": MasterData((NaturalKey(("app_label", "model")),)),
    "batch_species": MasterData(
        (NaturalKey(("scientific_name",)), NaturalKey(("name",))), (("scientific_name",), ("name",))
    ),
    # Stages are known by their name; where a species has a stage of another name at the place, that is the one.
    "batch_lifecyclestage": MasterData(
        (NaturalKey(("species_id", "name")), NaturalKey(("species_id", "order"))), (("name",), ("species_id", "order"))
    ),
    "batch_batch": MasterData(
        distinct=(("batch_number",),),
        copies={"batch_number": (Copy("batch_historicalbatch", "id", "batch_number"),)},
    ),
    # A parameter of the same name in another unit would give the readings another meaning.
    "environmental_environmentalparameter": MasterData((NaturalKey(("name",), ("unit",)),), (("name",),)),
    "inventory_feed": _BY_NAME,
    "health_healthparameter": _BY_NAME,
    "health_parameterscoredefinition": MasterData((NaturalKey(("parameter_id", "score_value")),)),
    "health_licetype": MasterData((NaturalKey(("species", "gender", "development_stage")),)),
    "health_sampletype": _BY_NAME,
    "harvest_productgrade": MasterData((NaturalKey(("code",)),), (("code",),)),
    "health_vaccinationtype": _BY_NAME,
    "health_mortalityreason": _BY_NAME,
}
"""The tables whose rows may meet existing ones, parents before what refers to them. Halls, containers and sensors are
not among them: their names are unique within the site, hall or container that they lie in, which is the platform's."""


def folded(value: object) -> object:
    """A value of a key as people compare it: text without regard to case, outer blanks and degree signs."""
    return value.replace("°", "").strip().casefold() if isinstance(value, str) else value
