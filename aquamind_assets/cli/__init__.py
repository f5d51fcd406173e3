"""The ``aquamind`` command: one module a subcommand, with its options, its help, its work and its output.

Beside them stand the modules that several subcommands share: their options (``options``), the choice of years
(``years``), exit codes (``exits``), the log file (``logfile``), what is printed and how (``output``, ``tables``,
``formats``, ``progress_bar``), DAGSTER_HOME (``home``), running years through Dagster (``execution``).

Belongs here: what is typed and printed. Does not belong here: how rows come about (``pipeline``), Dagster's definitions
(``assets``). Packages that take long to import (Dagster, pandas, pyarrow, matplotlib) are imported inside functions, so
that ``aquamind --help`` starts quickly; a test keeps it so.
"""
