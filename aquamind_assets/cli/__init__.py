"""The ``aquamind`` command: one module a subcommand, with its options, its messages and its exit codes.

Belongs here: what is typed and printed. Does not belong here: the work (``pipeline``), Dagster's definitions
(``assets``).
"""
