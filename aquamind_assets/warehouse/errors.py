"""What a warehouse may have to refuse, and what may pass.

A user error names the place (the database's URL without its password), what is wrong there, and what to do.
"""

from aquamind_assets.errors import DiskFull, TransientError, UserError


class WarehouseError(UserError):
    """Something that a warehouse cannot do; the message gives the reason and what to do."""


class DatabaseRefused(WarehouseError):
    """The database does not let the platform do it: a wrong password, no such database, a missing right, a read-only
    session, a full disk, a file that is no database."""


class DatabaseFull(DatabaseRefused, DiskFull):
    """There is no room left where the database lies; what was being written is not in it."""


class DatabaseDamaged(DatabaseRefused):
    """A page, an index or a value of the database cannot be what was written; the message names the place."""


class RowsRefused(WarehouseError):
    """The database refuses rows for a reason that lies in it: a user-entered row with the same key, a trigger or a
    constraint of its own."""


class NothingMaterialized(WarehouseError):
    """The database holds no rows of the platform yet, and there is nothing to read."""


class OtherVersion(WarehouseError):
    """The platform's own tables in the database belong to another version of the platform."""


class MissingReferences(WarehouseError):
    """Rows refer to rows that are not in the database."""


class StillReferenced(WarehouseError):
    """Rows that stay refer to rows that would be deleted."""


class YearLocked(WarehouseError):
    """Another writer holds the year of the asset."""


class WarehouseUnavailable(TransientError):
    """The database cannot be reached, or it rolled a transaction back; another try may help."""


class Overtaken(WarehouseUnavailable):
    """Another writer's commit came first and changed the same files; another try builds on it."""
