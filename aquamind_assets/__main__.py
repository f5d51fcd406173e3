"""``python -m aquamind_assets`` is the ``aquamind`` command."""

from aquamind_assets.cli.app import main

main()
