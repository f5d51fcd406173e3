"""The documentation site: links of the repository work there, and what does not is an error of the build."""

import re
import shutil
from pathlib import Path

import pytest

from tools.environments import ROOT
from tools.site import copy_pages, generate, links, loaded_from_elsewhere, with_site_links


@pytest.mark.parametrize(
    ("page", "in_the_repository", "on_the_site"),
    [
        ("index.md", "docs/operating.md#docker", "operating.md#docker"),
        ("index.md", "docs/images/lice.png", "images/lice.png"),
        ("index.md", "CONTRIBUTING.md", "contributing.md"),
        ("extending.md", "../README.md", "index.md"),
        ("extending.md", "realism.md", "realism.md"),
        ("operating.md", "../deploy/postgres/dagster.yaml", "source/deploy/postgres/dagster.yaml"),
        ("operating.md", "https://example.org/operating.md", "https://example.org/operating.md"),
        ("operating.md", "#docker", "#docker"),
        ("operating.md", "missing.md", "missing.md"),
    ],
)
def test_a_link_of_the_repository_becomes_one_of_the_site(page: str, in_the_repository: str, on_the_site: str) -> None:
    assert with_site_links(page, f"See [it]({in_the_repository}).") == f"See [it]({on_the_site})."


def test_only_links_to_files_are_found() -> None:
    assert list(links("docs/a.md", "[x](b.md#c) [y](#d) [z](https://example.org) ![p](images/q.png)")) == [
        "docs/b.md",
        "docs/images/q.png",
    ]


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        "<img alt='' src='http://cdn.example/x.png'>",
        "@font-face { src: url(https://cdn.example/x.woff2) }",
    ],
)
def test_what_comes_from_another_host_is_found(html: str) -> None:
    assert len(loaded_from_elsewhere(html)) == 1
    assert "cdn.example" in loaded_from_elsewhere(html)[0]


def test_a_link_to_another_host_is_not_loaded() -> None:
    assert loaded_from_elsewhere('<a href="https://example.org">x</a><script src="assets/x.js"></script>') == []


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """The pages of the site in a folder that has its ``mkdocs.yml``."""
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    copy_pages(tmp_path / "build" / "pages")
    return tmp_path / "build" / "pages"


def test_what_leads_nowhere_or_has_no_place_fails_the_build(pages: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A build takes seconds, so one is given all of it; each is a warning of its own, and a warning fails the build."""
    wrong = ["missing.md", "uat.md#missing", "source/missing.yaml", "missing.png"]
    with (pages / "operating.md").open("a", encoding="utf-8") as page:
        page.write("".join(f"\n{'!' * target.endswith('.png')}[x]({target})\n" for target in wrong))
    (pages / "alone.md").write_text("# Alone\n", "utf-8")
    assert generate(pages.parents[1]) != 0
    shown = capfd.readouterr()
    warnings = re.split(r"^WARNING +-", shown.err, flags=re.MULTILINE)[1:]
    for target in (*wrong, "alone.md"):
        assert sum(target in text for text in warnings) == 1, shown.err
    assert "Aborted with 5 warnings in strict mode" in shown.out + shown.err


def test_every_page_of_the_repository_is_on_the_site(pages: Path) -> None:
    assert generate(pages.parents[1]) == 0
    built = {path.parent.name for path in (pages.parents[1] / "site").rglob("index.html")}
    assert {page.stem for page in (ROOT / "docs").glob("*.md")} | {"contributing", "changelog"} <= built
