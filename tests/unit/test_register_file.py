"""Reading GV100AD: what is read, and what is refused by line and field."""

import io
import zipfile
from collections.abc import Callable

import pytest

from marketplace.domain.regions import RegionKind
from marketplace.errors import InvalidInput
from marketplace.exchange import gv100ad
from tests.registers import FIRST, SECOND, land, line, register, town
from tests.registers import gv100ad as text_of

MARK = b"\xef\xbb\xbf"


def zipped(text: bytes, *names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Hinweise.txt", "Hinweise")
        for name in names or ("GV100AD_30112023.txt",):
            archive.writestr(name, text)
    return buffer.getvalue()


def refusal(data: bytes) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as caught:
        gv100ad.read(data)
    return caught.value.errors[0].field, caught.value.errors[0].rule


@pytest.mark.parametrize(
    "wrap",
    [bytes, lambda text: MARK + text.replace(b"\n", b"\r\n"), zipped, lambda text: text.removesuffix(b"\n")],
    ids=["LF", "CRLF with byte order mark", "zip", "no end of line at the end"],
)
def test_every_form_of_the_file_gives_the_same_records(wrap: Callable[[bytes], bytes]) -> None:
    found = gv100ad.read(wrap(text_of(land())))
    assert found.territory_on == FIRST
    assert found.records == register(land()).records


def test_keys_are_put_together_without_padding() -> None:
    found = {record.kind: record.key for record in gv100ad.read(text_of(land()[:4])).records}
    assert found == {
        RegionKind.STATE: "16",
        RegionKind.DISTRICT: "16061",
        RegionKind.ASSOCIATION: "160615001",
        RegionKind.MUNICIPALITY: "160615001001",
    }


def test_government_districts_and_regions_are_counted_and_not_kept() -> None:
    more = "20" + line(land()[0])[2:12] + "1" + line(land()[0])[13:] + "\n"
    more += "30" + line(land()[0])[2:12] + "1A" + line(land()[0])[14:] + "\n"
    found = gv100ad.read(text_of(land()) + more.encode())
    assert (len(found.records), found.skipped) == (len(land()), 2)


def changed(number: int, first: int, text: str) -> bytes:
    """The file with other text from a position (from 1) of a line (from 1) on."""
    lines = text_of(land()).decode().split("\n")
    old = lines[number - 1]
    lines[number - 1] = old[: first - 1] + text + old[first - 1 + len(text) :]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("number", "first", "text", "field", "rule"),
    [
        (3, 1, "70", "line 3, record type", "choice"),
        (3, 3, "20231131", "line 3, territory date", "date"),
        (3, 3, "2023W011", "line 3, territory date", "date"),
        (3, 3, "20250831", "line 3, territory date", "mixed"),
        (1, 11, "1x", "line 1, state key", "digits"),
        (2, 13, " ", "line 2, government district key", "digits"),
        (1, 14, "01", "line 1, district key", "empty"),
        (4, 16, "  1", "line 4, municipality key", "digits"),
        (3, 19, "500a", "line 3, association key", "digits"),
        (4, 23, " " * 50, "line 4, name", "required"),
        (4, 23, "Ober\tdorf", "line 4, text", "printable"),
        (4, 123, "69", "line 4, Textkennzeichen", "choice"),
        (3, 123, "  ", "line 3, Textkennzeichen", "choice"),
        (4, 129, " 0000000700", "line 4, area", "digits"),
        (4, 140, "-0000000900", "line 4, population", "digits"),
        (4, 140, "90000000000", "line 4, population", "range"),
        (4, 166, "9999x", "line 4, postcode", "digits"),
    ],
)  # fmt: skip
def test_a_broken_field_is_named_with_its_line(
    number: int, first: int, text: str, field: str, rule: str
) -> None:
    assert refusal(changed(number, first, text)) == (field, rule)


def test_a_truncated_line_is_refused() -> None:
    assert refusal(text_of(land())[:-20]) == (f"line {len(land())}, length", "length")


def test_an_empty_line_in_between_is_refused() -> None:
    assert refusal(text_of(land()[:1]) + b"\n" + text_of(land()[1:])) == ("line 2, length", "length")


def test_another_encoding_is_refused_with_line_and_byte() -> None:
    latin = text_of(land()).decode().encode("latin-1")
    assert refusal(latin) == ("line 1, byte 25", "encoding")


@pytest.mark.parametrize("data", [b"", MARK, b"\n"], ids=["empty", "mark only", "empty line"])
def test_a_file_without_records_is_refused(data: bytes) -> None:
    assert refusal(data)[1] in ("empty", "length")


def test_many_faults_are_reported_together_but_not_without_end() -> None:
    lines = [line(town(f"1606150010{n:02d}", "Dorf")) for n in range(60)]
    with pytest.raises(InvalidInput) as caught:
        gv100ad.read("\n".join(text[:200] for text in lines).encode())
    assert len(caught.value.errors) == gv100ad.MAX_ERRORS


def test_a_zip_must_hold_exactly_one_register() -> None:
    assert refusal(zipped(b"", "readme.txt")) == ("file", "content")
    assert refusal(zipped(b"", "GV100AD_1.txt", "folder/gv100ad_2.TXT")) == ("file", "content")


def test_an_empty_zip_is_known_for_a_zip() -> None:
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    assert refusal(buffer.getvalue()) == ("file", "content")


def test_a_damaged_zip_is_refused() -> None:
    data = zipped(text_of(land()))
    assert refusal(data[: len(data) // 2]) == ("file", "zip")
    assert refusal(data[:200] + b"\x00\x00\x00\x00" + data[204:]) == ("file", "zip")


def test_a_zip_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped(text_of(land()) * 100)
    monkeypatch.setattr(gv100ad, "MAX_BYTES", len(data) + 1)
    assert refusal(data) == ("file", "size")
    monkeypatch.setattr(gv100ad, "MAX_BYTES", len(data) - 1)
    assert refusal(data) == ("file", "size")


def test_mixed_registers_are_refused() -> None:
    assert refusal(text_of(land()) + text_of(land()[:1], SECOND)) == (
        f"line {len(land()) + 1}, territory date",
        "mixed",
    )
