"""Prints the fingerprints of a copy of the package for each line of its input, which is the folder of the copy.

Run as a program. It imports the package once, and with it the libraries that take seconds; each copy is imported by a
fork, which begins with these libraries and without any module of the package.
"""

import importlib
import json
import os
import sys

PACKAGE = "aquamind_assets"


def fingerprints() -> dict[str, str]:
    """The fingerprints of the package that is imported now, by asset; also the ledger's and the climate's."""
    provenance = importlib.import_module(f"{PACKAGE}.pipeline.provenance")
    registry = importlib.import_module(f"{PACKAGE}.records.registry")
    rows = {asset: provenance.rows_code(asset, "2025-08") for asset in registry.recorders_of("2025-08")}
    return rows | {"ledger": provenance.ledger_code(), "climate": provenance.code_version(provenance.CLIMATE)}


def import_from(folder: str) -> None:
    """Forget the package; from now on it is the one in this folder."""
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    package = importlib.import_module(PACKAGE)
    assert str(package.__file__).startswith(folder), package.__file__


def main() -> None:
    """Answer each line with a line of JSON; an error is shown on stderr and ends the answers."""
    importlib.import_module(f"{PACKAGE}.pipeline.provenance")
    for line in sys.stdin:
        if os.fork() == 0:
            import_from(line.strip())
            print(json.dumps(fingerprints()), flush=True)
            os._exit(0)
        _, status = os.wait()
        if status != 0:
            sys.exit(1)


if __name__ == "__main__":
    main()
