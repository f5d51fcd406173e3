"""The documentation site, from the repository's own files: ``python -m tools.site`` builds it into ``site/``.

README.md, CHANGELOG.md, CONTRIBUTING.md and ``docs/`` are copied to ``build/pages``, README.md as the first page, and
the generator builds the site from there (``mkdocs.yml``). Links are written for the repository. In the copies a link to
another page leads to that page, and a link to any other file leads to a copy of it below ``source/``.

Every warning of the generator is an error, and so is a page that loads a font, a script, a style or a picture from
another host.
"""

import os
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.environments import ROOT

ROOT_PAGES = {"README.md": "index.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
"""Pages outside ``docs/``, and where they stand on the site."""

_LINK = re.compile(r"(?P<before>\]\()(?P<target>(?![a-z]+:|#|/)[^)#\s]+)(?P<anchor>#[^)\s]*)?(?=\))")
_ELSEWHERE = r"""["']?((?:https?:)?//[^"'>\s]+)"""
_LOADED = (
    re.compile(rf"<(?:script|img|iframe|source)\b[^>]*?\bsrc={_ELSEWHERE}"),
    re.compile(rf"""<link\b(?=[^>]*\brel=["']?(?:stylesheet|preconnect|preload|icon))[^>]*?\bhref={_ELSEWHERE}"""),
    re.compile(rf"\burl\({_ELSEWHERE}"),
)


def copy_pages(target: Path) -> None:
    """Create the folder ``target`` with the pages, their pictures, and the files that they link to."""
    shutil.copytree(ROOT / "docs", target)
    for name, place in ROOT_PAGES.items():
        shutil.copy(ROOT / name, target / place)
    for page in sorted(target.rglob("*.md")):
        place = page.relative_to(target).as_posix()
        markdown = page.read_text("utf-8")
        for linked in links(_in_repository(place), markdown):
            copy = target / _on_site(linked)
            if not copy.exists() and (ROOT / linked).is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / linked, copy)
        page.write_text(with_site_links(place, markdown), "utf-8")


def links(page: str, markdown: str) -> Iterator[str]:
    """Paths in the repository to which the file ``page`` of the repository links."""
    for link in _LINK.finditer(markdown):
        yield _resolved(page, link["target"])


def with_site_links(place: str, markdown: str) -> str:
    """The text of the page at ``place`` of the site, with links that work there.

    A link to something that the repository has not is left alone; the generator warns of it.
    """

    def rewritten(link: re.Match[str]) -> str:
        target = _resolved(_in_repository(place), link["target"])
        if not (ROOT / target).exists():
            return link[0]
        there = posixpath.relpath(_on_site(target), posixpath.dirname(place) or ".")
        return f"{link['before']}{there}{link['anchor'] or ''}"

    return _LINK.sub(rewritten, markdown)


def loaded_from_elsewhere(html: str) -> list[str]:
    """What a reader's browser would load from another host to show this page or style sheet; links are not loaded."""
    return [found for pattern in _LOADED for found in pattern.findall(html)]


def _resolved(page: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), target))


def _in_repository(place: str) -> str:
    names = {there: name for name, there in ROOT_PAGES.items()}
    return names.get(place, f"docs/{place}")


def _on_site(path: str) -> str:
    if path in ROOT_PAGES:
        return ROOT_PAGES[path]
    return path.removeprefix("docs/") if path.startswith("docs/") else f"source/{path}"


def generate(folder: Path) -> int:
    """Build ``folder/site`` from ``folder/build/pages`` by ``folder/mkdocs.yml``; 0 if there was no warning."""
    # Not quiet: a warning that is not shown would not count in the strict build.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(command, cwd=folder, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, check=False).returncode


def main() -> int:
    """Build the site; 0 if there was no warning and no page needs another host."""
    pages, site = ROOT / "build" / "pages", ROOT / "site"
    shutil.rmtree(pages, ignore_errors=True)
    copy_pages(pages)
    failed = generate(ROOT)
    if failed:
        return failed
    for file in (*site.rglob("*.html"), *site.rglob("*.css")):
        for loaded in loaded_from_elsewhere(file.read_text("utf-8")):
            print(f"{file.relative_to(site)} loads from another host: {loaded}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
