"""The folder of reports over HTTP."""

import socket
import urllib.request
from pathlib import Path

import pytest

from aquamind_assets.cli.served_pages import address, served


def hosts() -> list[str]:
    """This machine by its address of version 4 and, where it has one, of version 6."""
    found = ["127.0.0.1"]
    try:
        with socket.socket(socket.AF_INET6) as listener:
            listener.bind(("::1", 0))
        found.append("::1")
    except OSError:
        pass
    return found


@pytest.mark.parametrize("host", hosts())
def test_a_page_is_read_by_its_address_though_the_port_is_taken(tmp_path: Path, host: str) -> None:
    (tmp_path / "year_2016.html").write_text("The year 2016")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as other:
        taken = other.getsockname()[1]
        with served(tmp_path, host, taken) as place, urllib.request.urlopen(f"{place}/year_2016.html") as page:
            assert page.read() == b"The year 2016"
            assert not place.endswith(f":{taken}")


def test_a_host_of_version_6_stands_in_brackets() -> None:
    assert address("::1", 3001) == "http://[::1]:3001"
    assert address("127.0.0.1", 3001) == "http://127.0.0.1:3001"
