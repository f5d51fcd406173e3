"""What every asset carries: who answers for it, and which code made it."""

from importlib.metadata import version

OWNERS = ["team:aquamind-data"]
CODE_VERSION = version("aquamind-assets")
