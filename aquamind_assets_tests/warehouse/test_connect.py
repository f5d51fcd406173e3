"""Opening a warehouse: which URL is which database, and what is said when it is not there."""

from pathlib import Path

import pytest

from aquamind_assets.errors import UserError
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import WarehouseError, WarehouseUnavailable
from aquamind_assets.warehouse.url import DatabaseUrlError


def test_sqlite_urls_name_files(tmp_path: Path) -> None:
    with open_warehouse(f"sqlite:///{tmp_path}/new/folder/aquamind.db") as warehouse:
        warehouse.prepare()
        assert warehouse.size_bytes() > 0
    assert (tmp_path / "new/folder/aquamind.db").exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "mysql://root@localhost/aquamind", "aquamind.db"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="sqlite:///<file>"):
        open_warehouse(url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but long enough to be looked at as one" * 20)
    with pytest.raises(WarehouseError, match=r"notes\.txt cannot be used: file is not a database"):
        open_warehouse(f"sqlite:///{tmp_path / 'notes.txt'}")


def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place, reason in (
        (tmp_path, "is not a file"),
        (tmp_path / "file" / "aquamind.db", "Not a directory|File exists"),
        (Path("/proc/aquamind.db"), "cannot be used"),
    ):
        with pytest.raises(UserError, match=reason):
            open_warehouse(f"sqlite:///{place}")


def test_a_wrong_name_is_said_without_the_password(postgres_url: str) -> None:
    wrong = postgres_url.replace("postgres:@", "postgres:secret@").replace("/test_", "/nowhere_")
    with pytest.raises(WarehouseUnavailable, match=r"nowhere_.* does not exist") as refused:
        open_warehouse(wrong)
    assert "secret" not in str(refused.value)
    assert "secret" in wrong


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(WarehouseUnavailable, match=r"no connection to postgresql://me:\*\*\*@localhost/aquamind"):
        open_warehouse(f"postgresql://me:secret@localhost/aquamind?host={tmp_path}")
