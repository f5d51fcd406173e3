"""Blocks, parts and tables of the documents."""

import pytest

from aquamind_assets.docs_generator.markdown import blocks, table, with_parts

DOCUMENT = """# Title

```console
$ aquamind status
```

<!-- not run: needs a server -->
```sh
docker compose up
```

````text
```sql
````
"""


def test_blocks_are_found_with_language_line_and_reason() -> None:
    assert [(block.language, block.text, block.line, block.not_run) for block in blocks(DOCUMENT)] == [
        ("console", "$ aquamind status\n", 4, ""),
        ("sh", "docker compose up\n", 9, "needs a server"),
        ("text", "```sql\n", 13, ""),
    ]


def test_replacing_parts_is_idempotent() -> None:
    document = "a\n<!-- made: one -->\nold\n<!-- end -->\nb\n<!-- made: two -->\n<!-- end -->\n"
    made = with_parts(document, {"one": "new\nlines\n", "two": "x"})
    assert made == "a\n<!-- made: one -->\nnew\nlines\n<!-- end -->\nb\n<!-- made: two -->\nx\n<!-- end -->\n"
    assert with_parts(made, {"one": "new\nlines", "two": "x"}) == made


@pytest.mark.parametrize("parts", [{}, {"one": "", "two": ""}, {"three": ""}])
def test_parts_and_places_must_match(parts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="places for the parts one; generated:"):
        with_parts("<!-- made: one -->\n<!-- end -->\n", parts)


def test_a_table_shows_numbers_flush_right_and_nothing_for_null() -> None:
    assert table(["what", "how many", "note"], [["a|b", 1234, None], ["c", 0.5, "two\nlines"]]).splitlines() == [
        "| what | how many | note |",
        "| --- | ---: | --- |",
        "| a\\|b | 1,234 |  |",
        "| c | 0.5 | two lines |",
    ]
