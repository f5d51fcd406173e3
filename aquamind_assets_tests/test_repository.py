"""The repository's own files agree: one place for a version, targets that are explained, distributions that are
complete."""

import re
import subprocess
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from tools.environments import ROOT
from tools.interpreters import supported_versions
from tools.wheel_check import SOURCE_FILES, SOURCE_FOLDERS, Incomplete, check_wheel, files_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())  # type: ignore[index]


def test_the_newest_release_of_the_changelog_is_the_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]( - \d{4}-\d{2}-\d{2})?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert headings[0] == ("Unreleased", "")
    assert headings[1][0] == PROJECT["version"]
    assert all(day for _, day in headings[1:])


def test_the_version_stands_in_one_place() -> None:
    assignment = re.compile(
        rf"""^_*version\S*\s*[=:]\s*["']?{re.escape(PROJECT["version"])}\b""", re.MULTILINE | re.IGNORECASE
    )
    names = [*SOURCE_FILES, *(name for name in files_of(*SOURCE_FOLDERS) if name.endswith((".py", ".yaml")))]
    written = [name for name in names if assignment.search((ROOT / name).read_text("utf-8"))]
    assert written == ["pyproject.toml"]
    assert version("aquamind-assets") == PROJECT["version"]


def test_the_supported_pythons_are_those_that_may_install_it() -> None:
    lowest, highest = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"]).groups()  # type: ignore[union-attr]
    assert supported_versions() == [f"3.{minor}" for minor in range(int(lowest), int(highest))]


def test_make_explains_every_target() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[0] for line in shown.splitlines()} == TARGETS
    assert all(len(line.split()) > 2 for line in shown.splitlines())


def test_continuous_integration_runs_every_check() -> None:
    used = set(re.findall(r"^ *make (\w+)", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE))
    assert used <= TARGETS
    assert {"coverage", "check", "wheel", "matrix", "browser"} <= used


def test_hooks_before_a_commit_run_what_make_check_runs() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"]
    checks = [line.strip().removeprefix("$(BIN)/") for line in MAKEFILE.splitlines() if line.startswith("\t$(BIN)/")]
    for hook in hooks[0]["hooks"]:
        command = hook["entry"].removeprefix(".venv/bin/").replace(" --force-exclude", "")
        assert {command, f"{command} ."} & set(checks), hook["entry"]


def test_the_citation_names_what_a_citation_needs() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "type", "authors", "license"} <= citation.keys()
    assert citation["license"] == PROJECT["license"]
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in PROJECT["authors"]]


def wheel_of(names: set[str], place: Path) -> Path:
    wheel = place / "aquamind_assets-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in names | {"aquamind_assets-1.dist-info/METADATA"}:
            archive.writestr(name, "")
    return wheel


def test_a_wheel_with_the_files_of_the_package_is_complete(tmp_path: Path) -> None:
    names = files_of("aquamind_assets")
    assert check_wheel(wheel_of(names, tmp_path)) == len(names)


@pytest.mark.parametrize(
    "name",
    ["py.typed", "cli/dagster.yaml", "realism/targets.yaml", "reports/report.html.j2", "scenario/presets/tiny.yaml"],
)
def test_a_wheel_without_a_data_file_is_incomplete(name: str, tmp_path: Path) -> None:
    path = f"aquamind_assets/{name}"
    names = files_of("aquamind_assets")
    assert path in names
    with pytest.raises(Incomplete, match=re.escape(path)):
        check_wheel(wheel_of(names - {path}, tmp_path))


def test_a_wheel_with_a_surplus_file_is_found(tmp_path: Path) -> None:
    surplus = "aquamind_assets_tests/conftest.py"
    with pytest.raises(Incomplete, match=surplus):
        check_wheel(wheel_of(files_of("aquamind_assets") | {surplus}, tmp_path))
