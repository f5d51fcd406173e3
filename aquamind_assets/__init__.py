"""AquaMind Assets: ten believable years of Atlantic salmon farming as a Dagster asset graph.

The data goes one way: ``scenario -> farm -> ledger -> records -> warehouse``. ``scenario`` says what is farmed, ``farm`` lives it day by
day into a ledger, ``records`` turns the ledger into AquaMind's rows, ``warehouse`` puts them into a database, and ``assets``, ``checks``
and ``reports`` show all of it to Dagster. Imports only go down that list from its right-hand end.
"""
