"""The project's own compact form of a register."""

from collections.abc import Callable

import pytest

from marketplace.errors import InvalidInput
from marketplace.exchange import register_seed
from tests.registers import compact, land, register


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        register_seed.read(data)
    return caught.value.errors[0].field


def test_what_is_written_is_read_again_with_its_source() -> None:
    found, source = register_seed.read(compact(land()))
    assert found == register(land())
    assert source == "Testregister"


def test_records_know_their_line_in_the_file() -> None:
    data = compact(land())
    found, _ = register_seed.read(data)
    lines = data.decode().split("\n")
    assert all(record.name in lines[record.line - 1] for record in found.records)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("# territory_on: 2023-11-30", "# territory_on: soon", "territory_on"),
        ("key;text_code", "key;code", "line 4"),
        ("16061;44", "1606;44", "line 6, key"),
        ("16061;44", "00;44", "line 6, key"),
        ("# territory_on: 2023-11-30", "# territory_on: 2023-W48-4", "territory_on"),
        ("# territory_on: 2023-11-30", "# territory_on: 2023-11-31", "territory_on"),
        ("16061;44", "16061;64", "line 6, text_code"),
        ("Oberdorf", "Oberdorf" * 13, "line 8, name"),
        ("Kreisstadt", "Kreis\tstadt", "line 6, seat"),
        ("99999;700", "9999;700", "line 8, postcode"),
        (";900", ";900000000", "line 8, population"),
        (";900", ";", "line 8, population"),
        ("Kreisstadt;;;", "Kreisstadt;;;7", "line 6, population"),
        ("Oberdorf", "", "line 8, name"),
        (";900", ";9 00", "line 8, population"),
        (";700;", ";;;", "line 8"),
    ],
)
def test_a_broken_line_is_named(old: str, new: str, field: str) -> None:
    assert refusal(compact(land()).decode().replace(old, new, 1).encode()) == field


@pytest.mark.parametrize(
    "saved",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data + b"\r\n\n",
    ],
    ids=["byte order mark", "CRLF", "empty lines at the end"],
)
def test_what_an_editor_does_to_a_file_changes_nothing(saved: Callable[[bytes], bytes]) -> None:
    data = saved(compact(land()))
    assert register_seed.is_compact(data)
    assert register_seed.read(data)[0] == register(land())


def test_another_encoding_is_refused() -> None:
    assert refusal(compact(land()).decode().encode("latin-1")) == "line 5"


def test_midpoints_are_read_with_their_degree_of_urbanisation() -> None:
    found = register_seed.read_midpoints()
    assert len(found) == 10_946
    flensburg = found["01001000"]
    assert (flensburg.lon, flensburg.lat, flensburg.degurba) == (9.43751, 54.78252, "01")
    assert all(5 < point.lon < 16 and 47 < point.lat < 56 for point in found.values())
