"""Reading files of services."""

import pytest

from marketplace.errors import InvalidInput
from marketplace.exchange import service_rows
from marketplace.exchange.service_rows import read_rows


def refusal(data: bytes) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as caught:
        read_rows(data)
    (error,) = caught.value.errors
    return error.field, error.rule


def test_json_lines_may_have_empty_lines_and_a_byte_order_mark() -> None:
    assert read_rows('\ufeff{"id": "a1"}\r\n\n{"id": "ä"}\n'.encode()) == [{"id": "a1"}, {"id": "ä"}]


def test_csv_cells_become_lists_objects_flags_and_unknown() -> None:
    data = b'id,words,ozg_ids,maturity,authority_set_assumed,stage,name\na1,Hund anmelden | Hundemarke,10026|10000,"{""model"": ""1.1""}",TRUE,,\'=1+1\n'
    assert read_rows(data) == [
        {
            "id": "a1", "words": ["Hund anmelden", "Hundemarke"], "ozg_ids": ["10026", "10000"], "maturity": {"model": "1.1"}, "authority_set_assumed": True,
            "stage": None, "name": "=1+1",
        }
    ]  # fmt: skip


def test_an_empty_file_has_no_heading() -> None:
    assert refusal(b"") == ("line 1", "heading")


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b'{"id": "a1"}\n{"id": ', ("line 2", "format")),
        (b'{"id": "a1"}\n["a1"]', ("line 2", "type")),
        (b'{"id": "a1", "id": "a2"}', ("line 1", "unique")),
        (b'{"id": NaN}', ("line 1", "format")),
        (b'{"id": ' + b"[" * 100_000, ("line 1", "format")),
        (b'{"id": "a1"}\n{"id": "\xff"}', ("line 2", "encoding")),
        (b"name;kind\nEhe;platform", ("line 1", "heading")),
        (b"id;id\na1;a2", ("line 1", "unique")),
        (b"id;name\na1;Ehe\na2", ("line 3", "columns")),
        (b'id;name\na1;"Ehe', ("line 2", "format")),
        (b"id;offers\na1;none", ("line 2, offers", "format")),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(data: bytes, where: tuple[str, str]) -> None:
    assert refusal(data) == where


def test_a_file_over_the_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_rows, "MAX_BYTES", 10)
    assert refusal(b'{"id": "a1"}') == ("file", "length")
