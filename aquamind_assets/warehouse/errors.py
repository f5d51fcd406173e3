"""What a warehouse may have to refuse."""


class WarehouseError(RuntimeError):
    """Something asked of a warehouse that it cannot do; the message says why and what to do."""


class MissingReferences(WarehouseError):
    """Rows refer to rows that are not there."""


class StillReferenced(WarehouseError):
    """Rows that stay refer to rows that would go."""


class YearLocked(WarehouseError):
    """Another writer holds the year of the asset."""


class WarehouseUnavailable(WarehouseError):
    """The database cannot be reached, the connection to it was lost, or it broke off a transaction; trying again may
    help."""
