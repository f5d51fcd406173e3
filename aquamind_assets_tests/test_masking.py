"""Secrets in every form in which databases and object stores take them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aquamind_assets.masking import HIDDEN, masked

PASSWORDS = ("secret", "se cret", "s@cr@t", "se/cr#et?", "50%secret", "s:e:cret", "it's secret", "sé©ret")


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize(
    "form",
    [
        "postgresql://anna:{}@db.example:5432/fish",
        "--database=postgresql://anna:{}@/fish?host=/tmp",
        "AQUAMIND_DATABASE=postgres://anna:{}@db",
        "s3://key:{}@bucket/ledger",
    ],
)
def test_a_url_loses_its_password_and_nothing_else(form: str, password: str) -> None:
    assert masked(form.format(password)) == form.format(HIDDEN)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "no connection to postgresql://a:b@h/d, see http://x",
            "no connection to postgresql://a:***@h/d, see http://x",
        ),
        ("postgresql://h/d?password=x&sslmode=require", "postgresql://h/d?password=***&sslmode=require"),
        ("postgresql://h/d?sslpassword=x", "postgresql://h/d?sslpassword=***"),
        ("s3://bucket?secret_key=x&region=y", "s3://bucket?secret_key=***&region=y"),
        ("host=h password=x user=u", "host=h password=*** user=u"),
        ("host=h password = 'it\\'s x' user=u", "host=h password = *** user=u"),
        ("password=a\\ b user=u", "password=*** user=u"),
        ("PGPASSWORD=x aquamind run", "PGPASSWORD=*** aquamind run"),
        ("scram_client_key=x", "scram_client_key=***"),
    ],
)
def test_secrets_in_a_text_are_hidden(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "wrong password: try again",
        "http://127.0.0.1:3000 opens in a few seconds",
        "sqlite:////data/fish@sea:2.db",
        "postgresql://anna@db.example:5432/fish",
        "farm.batches.eggs_mean=200000",
        "allowed are sqlite:///<file> and postgresql://<user>@<host>/<name>",
    ],
)
def test_what_holds_no_secret_stays(text: str) -> None:
    assert masked(text) == text


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\n@"), min_size=1).filter(lambda text: "***" not in text)
)
def test_no_password_of_a_url_is_left(password: str) -> None:
    assert masked(f"postgresql://anna:{password}@db.example/fish") == "postgresql://anna:***@db.example/fish"
