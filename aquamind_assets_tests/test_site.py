"""The documentation site: links of the repository work there, and what does not is an error of the build."""

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


@pytest.mark.parametrize("wrong", ["[x](missing.md)", "[x](uat.md#missing)", "[x](source/missing.yaml)", "![x](a.png)"])
def test_a_link_that_leads_nowhere_fails_the_build(wrong: str, pages: Path) -> None:
    with (pages / "operating.md").open("a", encoding="utf-8") as page:
        page.write(f"\n{wrong}\n")
    assert generate(pages.parents[1]) != 0


def test_a_page_without_a_place_in_the_navigation_fails_the_build(pages: Path) -> None:
    (pages / "alone.md").write_text("# Alone\n", "utf-8")
    assert generate(pages.parents[1]) != 0


def test_every_page_of_the_repository_is_on_the_site(pages: Path) -> None:
    assert generate(pages.parents[1]) == 0
    built = {path.parent.name for path in (pages.parents[1] / "site").rglob("index.html")}
    assert {page.stem for page in (ROOT / "docs").glob("*.md")} | {"contributing", "changelog"} <= built
