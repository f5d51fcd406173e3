"""Commands for the repository itself, run by ``make`` or by hand, and never shipped.

Belongs here: checking the wheel, other Python versions, the pages of the documentation site; kills and power cuts at
scale. Does not belong here: what ``aquamind`` does (``aquamind_assets``), measurements (``benchmarks``).
"""
