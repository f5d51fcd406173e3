"""What every asset carries: who answers for it, and which code made it."""

from aquamind_assets.pipeline.provenance import code_version

OWNERS = ["team:aquamind-data"]
CODE_VERSION = code_version()
