"""Records that were entered with a wrong number and corrected some days later.

Belongs here: which entries, what was typed, when and by whom it was corrected, and the list of all of them. Does not
belong here: making rows, and making their versions (``versions``).

A table always has the right number. The first version of the row, in its history, has the wrong one; the version of the
correction, with its reason, belongs to the day of the correction. AquaMind keeps histories from release 2026-03 on; of
the release before there is nothing to see.

In the running year the correction of a record of the last days may still be to come: its history then has the wrong
number alone, until that day is written.
"""
