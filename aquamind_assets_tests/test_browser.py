"""The user interface in a real browser: the groups, a backfill of one year launched by clicking, and what its
materialization shows."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

import aquamind_assets

pytestmark = pytest.mark.browser

ROOT = Path(aquamind_assets.__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
GROUPS = ("infrastructure", "farm", "environmental", "batch", "inventory", "health")
PATIENCE_MS = 120_000


def environment(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AQUAMIND_", "DAGSTER_"))}
    return kept | {"AQUAMIND_RELEASE": "2025-08", "DAGSTER_HOME": str(place / "home"), "PYTHONPATH": str(ROOT)}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the user interface listens: on the tiny farm with 2015 made."""
    place = tmp_path_factory.mktemp("browser")
    command = [sys.executable, "-m", "aquamind_assets"]
    made = ("run", "--preset", "tiny", "--years", "2015", "--quiet")
    subprocess.run([*command, *made], cwd=place, env=environment(place), check=True)
    port = free_port()
    server = subprocess.Popen([*command, "ui", "--port", str(port)], cwd=place, env=environment(place))
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_loaded(address, server)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=PATIENCE_MS / 1000) == 0


def wait_until_loaded(address: str, server: subprocess.Popen[bytes]) -> None:
    """The web server answers before the code location is there."""
    while True:
        assert server.poll() is None, "the user interface ended"
        try:
            answer = ask(
                address,
                "{ workspaceOrError { ... on Workspace { locationEntries { loadStatus locationOrLoadError { __typename"
                " } } } } }",
            )
            entries = answer["workspaceOrError"]["locationEntries"]
            if entries and all(entry["loadStatus"] == "LOADED" for entry in entries):
                assert [entry["locationOrLoadError"]["__typename"] for entry in entries] == ["RepositoryLocation"]
                return
        except OSError:
            pass
        time.sleep(0.5)


def ask(address: str, query: str) -> dict:
    request = urllib.request.Request(
        f"{address}/graphql", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=CHROMIUM, args=FLAGS, viewport={"width": 1700, "height": 1000}
        )
        browser.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        yield browser.new_page()
        browser.close()


def test_the_graph_shows_the_groups(page: Page, address: str) -> None:
    page.goto(f"{address}/asset-groups")
    for group in GROUPS:
        expect(page.get_by_text(group, exact=True).first).to_be_visible()


def test_a_year_is_backfilled_by_clicking_and_shows_its_rows_and_plot(page: Page, address: str) -> None:
    page.goto(f"{address}/locations/aquamind_assets/jobs/one_year")
    page.get_by_role("button", name="Materialize all").click()
    dialog = page.get_by_role("dialog")
    years = dialog.get_by_placeholder("2015, 2016")
    years.fill("2016")
    years.press("Enter")
    dialog.get_by_role("button", name="Launch").click()
    assert ended_run(page, address)["status"] == "SUCCESS"

    page.goto(f"{address}/assets/inventory/feeding_events?view=partitions&partition=2016")
    rows = page.get_by_role("row").filter(has_text="dagster/partition_row_count")
    expect(rows).to_be_visible()
    assert int(rows.inner_text().split()[-1]) > 1000
    page.get_by_text("[Show Markdown]").first.click()
    picture = page.locator("img[src^='data:image/png']").first
    expect(picture).to_be_visible()
    assert picture.evaluate("element => element.naturalWidth") > 300

    page.goto(f"{address}/assets/reports/year_report?view=partitions&partition=2016")
    link = page.get_by_role("link", name="/year_2016.html")
    expect(link).to_be_visible()
    page.goto(str(link.get_attribute("href")))
    expect(page.get_by_role("heading", name="The year 2016")).to_be_visible()


def test_the_resource_shows_where_its_fields_come_from(page: Page, address: str) -> None:
    page.goto(f"{address}/locations/aquamind_assets/resources/platform")
    expect(page.get_by_text("AQUAMIND_DATABASE", exact=True)).to_be_visible()
    expect(page.get_by_text("Where rows are written")).to_be_visible()


def test_an_asset_shows_its_code_its_freshness_and_the_settings_in_use(page: Page, address: str) -> None:
    page.goto(f"{address}/assets/reports/year_report?view=overview")
    expect(page.get_by_text("asset_report in asset_reports.py").first).to_be_visible()
    expect(page.get_by_text("Freshness policy").first).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="fingerprint").first).to_be_visible()


def ended_run(page: Page, address: str) -> dict:
    """The run that was launched from the user interface, when it has ended."""
    until = time.monotonic() + 5 * PATIENCE_MS / 1000
    while True:
        found = ask(
            address,
            '{ runsOrError(filter: {tags: [{key: "dagster/from_ui", value: "true"}]}, limit: 1) {'
            " ... on Runs { results { status } } } }",
        )
        for run in found["runsOrError"]["results"]:
            if run["status"] in ("SUCCESS", "FAILURE", "CANCELED"):
                return run
        assert time.monotonic() < until, f"no run has ended: {found}"
        page.wait_for_timeout(1000)
