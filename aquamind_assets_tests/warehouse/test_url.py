"""A database's URL, parsed once."""

from pathlib import Path

import pytest

from aquamind_assets.warehouse.url import DatabaseUrl, DatabaseUrlError


@pytest.mark.parametrize("file", ["data/aquamind.db", "/var/aquamind.db", "with a blank.db", "hash#.db"])
def test_a_sqlite_url_is_a_file(file: str) -> None:
    url = DatabaseUrl.parse(f"sqlite:///{file}")
    assert (url.kind, url.path, url.name, url.port) == ("sqlite", Path(file), Path(file).name, None)
    assert url.absolute == f"sqlite:///{Path(file).absolute()}"
    assert url.identity == url.absolute
    assert DatabaseUrl.parse(url.absolute).path == Path(file).absolute()


@pytest.mark.parametrize(
    ("text", "host", "port", "name", "shown", "identity"),
    [
        ("postgresql://a:b@h:5432/d", "h", 5432, "d", "postgresql://a:***@h:5432/d", "postgresql://a@h:5432/d"),
        ("postgres://a@h/d", "h", None, "d", "postgres://a@h/d", "postgres://a@h/d"),
        ("postgresql://a:%40%2F@h/d%20e", "h", None, "d e", "postgresql://a:***@h/d%20e", "postgresql://a@h/d%20e"),
        ("postgresql://a:b@[::1]:7/d", "::1", 7, "d", "postgresql://a:***@[::1]:7/d", "postgresql://a@[::1]:7/d"),
        ("postgresql://h/d?password=x", "h", None, "d", "postgresql://h/d?password=***", "postgresql://h/d"),
        ("postgresql:///d?host=/tmp&port=9", "/tmp", 9, "d", "postgresql:///d?host=/tmp&port=9", None),
        ("postgresql://", "", None, "", "postgresql://", "postgresql://"),
    ],
)
def test_a_server_url_says_where_it_is(
    text: str, host: str, port: int | None, name: str, shown: str, identity: str | None
) -> None:
    url = DatabaseUrl.parse(text)
    assert (url.kind, url.path, url.host, url.port, url.name) == ("postgres", None, host, port, name)
    assert url.masked == str(url) == shown
    assert url.identity == (text if identity is None else identity)
    assert url.absolute == url.text == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file.db?mode=ro", "names no file"),
        ("mysql://anna:secret@h/d", "no known kind"),
        ("aquamind.db", "no known kind"),
        ("host=h password='the secret'", "no known kind"),
        ("postgresql://anna:secret@h:0/d", "port 0 is not one of 1 to 65535"),
        ("postgresql://anna:secret@h:70000/d", "port 70000 is not one of"),
        ("postgresql://anna:secret@h:x/d", "port x is not one of"),
        ("postgresql://anna:secret@h/d?colour=red", "cannot be read"),
        ("postgresql://anna@h/d?colour=red", "colour"),
        ("postgresql://anna:secret@secret@h/d", "written as %XX"),
        ("postgresql://anna:sec/secret@h/d", "written as %XX"),
        ("postgresql://anna:secret#secret@h/d", "written as %XX"),
        ("postgresql://anna:secret?secret@h/d", "written as %XX"),
        ("postgresql://anna:50%secret@h/d", "written as %XX"),
        ("postgresql://anna:my secret@h/d", "written as %XX"),
    ],
)
def test_what_cannot_be_used_is_refused_without_its_password(text: str, reason: str) -> None:
    with pytest.raises(DatabaseUrlError, match=reason) as refused:
        DatabaseUrl.parse(text)
    assert "secret" not in str(refused.value)
    assert "allowed are sqlite:///<file>" in str(refused.value)


def test_its_password_is_not_shown_by_accident() -> None:
    assert "secret" not in repr(DatabaseUrl.parse("postgresql://anna:secret@h/d"))
