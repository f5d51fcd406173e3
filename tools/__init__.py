"""Commands for the repository itself, run by ``make`` and never shipped.

Belongs here: checking the wheel, other Python versions, the pages of the documentation site. Does not belong here: what
``aquamind`` does (``aquamind_assets``), measurements (``benchmarks``).
"""
