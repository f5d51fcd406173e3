"""URLs of MQTT brokers: what they say, and what is refused."""

import pytest

from aquamind_assets.mqtt.url import BrokerUrl, BrokerUrlError, level


@pytest.mark.parametrize(
    ("text", "host", "port", "encrypted", "user", "password", "prefix"),
    [
        ("mqtt://broker", "broker", 1883, False, None, None, "aquamind"),
        ("mqtts://broker/", "broker", 8883, True, None, None, "aquamind"),
        ("mqtt://anna@broker:1884/farm/test/", "broker", 1884, False, "anna", None, "farm/test"),
        ("mqtt://anna:p%40ss%2F@[::1]:5/Br%C3%AD", "::1", 5, False, "anna", "p@ss/", "Brí"),
        ("mqtt://anna:@broker", "broker", 1883, False, "anna", "", "aquamind"),
    ],
)
def test_what_a_url_says(
    text: str, host: str, port: int, encrypted: bool, user: str | None, password: str | None, prefix: str
) -> None:
    url = BrokerUrl.parse(text)
    assert (url.host, url.port, url.encrypted) == (host, port, encrypted)
    assert (url.user, url.password, url.prefix) == (user, password, prefix)
    assert not password or password not in str(url) + repr(url)
    assert BrokerUrl.parse(url.identity).identity == url.identity


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "of no known kind"),
        ("http://broker", "of no known kind"),
        ("mqtt:broker", "of no known kind"),
        ("mqtt:///farm", "names no host"),
        ("mqtt://broker:0", "one of 1 to 65535"),
        ("mqtt://broker:70000", "one of 1 to 65535"),
        ("mqtt://broker:x", "one of 1 to 65535"),
        ("mqtt://:secret@broker", "a password without a user"),
        ("mqtt://anna:sec@ret@broker", "written as %XX"),
        ("mqtt://anna:sec/ret@broker", "written as %XX|one of 1 to 65535"),
        ("mqtt://anna:sec ret@broker", "written as %XX"),
        ("mqtt://anna:secret@broker?qos=2", "there are no options"),
        ("mqtt://anna:secret@broker/a#b", "there are no options"),
        ("mqtt://anna:secret@broker/a/+", r"the prefix 'a/\+' is no topic"),
        ("mqtt://anna:secret@broker/%23", "the prefix '#' is no topic"),
        ("mqtt://anna:secret@broker/a//b", "the prefix 'a//b' is no topic"),
        ("mqtt://anna:secret@broker/$SYS", r"the prefix '\$SYS' is no topic"),
        ("mqtt://anna:secret@broker/%00", "is no topic"),
    ],
)
def test_other_urls_are_refused(text: str, reason: str) -> None:
    with pytest.raises(BrokerUrlError, match=reason) as refused:
        BrokerUrl.parse(text)
    assert "allowed are mqtt://<user>:<password>@<host>:<port>/<prefix>" in str(refused.value)
    assert text.split(":")[0] in str(refused.value)
    assert not any(secret in str(refused.value) for secret in ("secret", "sec@ret", "sec/ret", "sec ret"))


def test_a_name_is_one_level_of_a_topic() -> None:
    assert level("Brimavík") == "Brimavík"
    assert level("a/b+c#d\0e") == "a-b-c-d-e"
