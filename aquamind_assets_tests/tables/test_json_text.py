import json

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aquamind_assets.tables.json_text import canonical

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


@pytest.fixture(scope="module")
def server(postgres_server) -> psycopg.Connection:
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        yield connection


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES)
def test_json_is_written_as_postgresql_prints_it(server: psycopg.Connection, value: object) -> None:
    text = json.dumps(value)
    assert canonical(text) == server.execute("SELECT (%s::jsonb)::text", (text,)).fetchone()[0]


@pytest.mark.parametrize("text", ["1.50", "1E3", "-0", "-0.00", "1e-7", '{"a": 1, "a": 2}', "0.1e1"])
def test_numbers_and_keys_postgresql_rewrites(server: psycopg.Connection, text: str) -> None:
    assert canonical(text) == server.execute("SELECT (%s::jsonb)::text", (text,)).fetchone()[0]


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "{", "a"])
def test_invalid_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a JSON number|Expecting"):
        canonical(text)
