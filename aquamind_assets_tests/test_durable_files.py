"""Files that are replaced in one piece."""

import os
from pathlib import Path

import pytest
from upath import UPath

from aquamind_assets.durable_files import FileUnusable, flush_file, made_folder, open_place, replace_file, usable


@pytest.mark.parametrize("kind", [Path, UPath])
def test_a_file_is_made_and_replaced_and_nothing_else_stays(tmp_path: Path, kind: type[Path]) -> None:
    target = kind(tmp_path / "file")
    for content in ("first", b"second"):
        replace_file(target, content)
        assert (tmp_path / "file").read_bytes() == (content if isinstance(content, bytes) else content.encode())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_object_store_puts_an_object(tmp_path: Path) -> None:
    target = UPath("memory://durable/file")
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(target, "content")
    assert target.read_text() == "content"


def test_content_and_name_are_flushed_before_it_returns(tmp_path: Path, flushed: list[str]) -> None:
    replace_file(tmp_path / "file", "content")
    assert len(flushed) == 2
    assert flushed[0].startswith(".file."), "the file before it takes its name"
    assert flushed[1] == tmp_path.name, "then the folder"


def test_a_file_that_another_library_wrote_is_flushed_with_its_name(tmp_path: Path, flushed: list[str]) -> None:
    flush_file(tmp_path / "file")
    assert flushed == []
    (tmp_path / "file").write_text("content")
    flush_file(tmp_path / "file")
    assert flushed == ["file", tmp_path.name]


@pytest.mark.parametrize(("mode", "found"), [(None, 0o640), (0o600, 0o600), (0o666, 0o666)])
def test_permissions_are_those_asked_for(tmp_path: Path, mode: int | None, found: int) -> None:
    before = os.umask(0o027)
    try:
        replace_file(tmp_path / "file", "content", mode=mode)
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == found


def test_a_failed_replacement_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        replace_file(tmp_path / "folder", "content")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_place_that_cannot_be_used_is_named_with_its_purpose(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileUnusable, match=r"the folder of reports .*file cannot be used: File exists"):
        made_folder("the folder of reports", tmp_path / "file")
    with (
        pytest.raises(FileUnusable, match=r"the note .*nowhere cannot be used: No such file"),
        usable("the note", tmp_path / "nowhere"),
    ):
        (tmp_path / "nowhere").read_text()
    with pytest.raises(FileUnusable, match=r"ledgers ftpx://anna:\*\*\*@host cannot be used"):
        open_place("ledgers", "ftpx://anna:secret@host")
