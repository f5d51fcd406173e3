"""The kinds of failures, whichever package raises them.

A user error is something that a person can change: a scenario, an option, a database of something else, a year that is
missing. It ends the command with exit code 2 and one message, and a Dagster step without a stack trace and without a
retry. A transient error may pass by itself: it is retried. Everything else is a fault of the program.

Belongs here: the kinds. Does not belong here: the errors themselves, which stand beside the code that raises them.
"""


class AquamindError(Exception):
    """Base of every failure that the platform raises on purpose."""


class UserError(AquamindError):
    """Something that a person can change; the message names the place, the value and what is allowed or to do."""


class DiskFull(UserError):
    """There is no room left where something is to be written; the message names the place and what to do. Nothing else
    of the run is tried."""


class TransientError(AquamindError):
    """Something that may pass by itself, such as a lost connection; the message says what was tried."""


class Interrupted(AquamindError):
    """A person asked to stop; what is committed stays, and a later run continues from there."""
