"""What the command imports before it does anything: Dagster and pandas alone take a second."""

import subprocess
import sys

import pytest

HEAVY = ("dagster", "pandas", "numpy", "pyarrow", "matplotlib", "scipy", "psycopg", "fsspec", "jinja2")
LOOK = f"""
import sys
sys.argv = ["aquamind", *sys.argv[1:]]
try:
    from aquamind_assets.cli.app import main
    main()
finally:
    print("imported:", *(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("run", "--help"),
        ("scenario", "show", "--help"),
        ("scenario", "show", "--preset", "tiny"),
        ("run", "--session", "one"),
    ],
)
def test_nothing_heavy_is_imported_for_what_needs_nothing_of_it(words: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-c", LOOK, *words], capture_output=True, text=True, check=False)
    assert done.returncode == (2 if words[-1] == "one" else 0), done.stderr
    assert done.stderr.splitlines()[-1].split() == ["imported:"]
