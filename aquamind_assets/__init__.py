"""AquaMind Assets: ten believable years of Atlantic salmon farming as a Dagster asset graph.

The data flows one way: ``scenario -> farm -> ledger -> records -> warehouse``. ``scenario`` configures the farm,
``farm`` simulates it day by day into a ``ledger``, ``records`` turns the ledger into rows of AquaMind's ``tables``, and
``warehouse`` loads them into a database. ``pipeline`` does this for a year at a time; ``figures`` defines every figure
once; ``laws``, ``realism`` and ``reports`` judge and show the result; ``assets`` presents all of it to Dagster, ``cli``
to a terminal. Imports only go down this list from its end; a test keeps it so.
"""
