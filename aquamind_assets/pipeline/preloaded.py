"""What the server of processes beside imports once, before any of them is begun: all that they need.

Belongs here: that. Does not belong here: the processes (``side_process``), what they do (``ahead``, ``workers``), and
what the process that begins them hands over.
"""

from aquamind_assets.pipeline import ahead as ahead
