"""What a warehouse may have to refuse, and what may pass."""

from aquamind_assets.errors import TransientError, UserError


class WarehouseError(UserError):
    """Something asked of a warehouse that it cannot do; the message says why and what to do."""


class MissingReferences(WarehouseError):
    """Rows refer to rows that are not there."""


class StillReferenced(WarehouseError):
    """Rows that stay refer to rows that would go."""


class YearLocked(WarehouseError):
    """Another writer holds the year of the asset."""


class WarehouseUnavailable(TransientError):
    """The database cannot be reached, or it rolled a transaction back; another try may help."""
