"""Reads GV100AD, the official register of all regions, from its zip or the text in it.

Record layout: Destatis, "Datensatzbeschreibung GV100AD": lines of 220 characters, fixed positions, UTF-8; with or
without byte order mark, CRLF or LF. Record types 20 (Regierungsbezirk) and 30 (region in Baden-Württemberg) are
checked and counted, not kept.
"""

import io
import zipfile
from collections.abc import Callable
from datetime import date

from marketplace.domain.regions import RegionKind
from marketplace.domain.register import MAX_FIGURE, TEXT_CODES, Register, RegisterRecord
from marketplace.errors import FieldError, InvalidInput
from marketplace.exchange.archives import UNREADABLE

MAX_BYTES = 50_000_000
MAX_ERRORS = 20
LINE_LENGTH = 220
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
"""Of a zip, and of one that holds nothing."""

_KINDS = {
    "10": RegionKind.STATE,
    "40": RegionKind.DISTRICT,
    "50": RegionKind.ASSOCIATION,
    "60": RegionKind.MUNICIPALITY,
}
_COUNTED_ONLY = frozenset({"20", "30"})
# The parts of the key by record type: first and last position from 0, and whether digits stand there.
_STATE, _GOVERNMENT_DISTRICT, _DISTRICT, _MUNICIPALITY, _ASSOCIATION = (
    (10, 12),
    (12, 13),
    (13, 15),
    (15, 18),
    (18, 22),
)
_KEY_PARTS = {
    "state": (_STATE, {"10", "20", "30", "40", "50", "60"}),
    "government district": (_GOVERNMENT_DISTRICT, {"20", "30", "40", "50", "60"}),
    "district": (_DISTRICT, {"40", "50", "60"}),
    "municipality": (_MUNICIPALITY, {"60"}),
    "association": (_ASSOCIATION, {"50", "60"}),
}


def read(data: bytes) -> Register:
    """Read a register.

    Raises:
        InvalidInput: naming line and field (both from 1) of up to 20 faults; or no register in the zip, or too large.
    """
    return _parse(_decode(_text_of(data)))


def _text_of(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise InvalidInput.one("file", "size", f"is larger than {MAX_BYTES:,} bytes")
    if not data.startswith(ZIP_STARTS):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if _is_register(name)]
            if len(names) != 1:
                raise InvalidInput.one(
                    "file", "content", f"needs exactly one text GV100AD*.txt in the zip, has {len(names)}"
                )
            # The size that the zip declares can lie: what comes out is counted.
            with archive.open(names[0]) as member:
                text = member.read(MAX_BYTES + 1)
    except UNREADABLE as error:
        raise InvalidInput.one("file", "zip", f"cannot be unpacked: {error}") from error
    if len(text) > MAX_BYTES:
        raise InvalidInput.one("file", "size", f"the text in the zip is larger than {MAX_BYTES:,} bytes")
    return text


def _is_register(name: str) -> bool:
    name = name.rsplit("/", 1)[-1].upper()
    return name.startswith("GV100AD") and name.endswith((".TXT", ".ASC"))


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        byte = error.start - before.rfind(b"\n")
        raise InvalidInput.one(
            f"line {line}, byte {byte}", "encoding", f"is not UTF-8 (0x{error.object[error.start]:02x})"
        ) from error


def _parse(text: str) -> Register:
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if not lines:
        raise InvalidInput.one("file", "empty", "contains no records")
    records: list[RegisterRecord] = []
    errors: list[FieldError] = []
    territory: date | None = None
    skipped = 0
    for number, raw in enumerate(lines, start=1):
        line = _Line(number, raw.removesuffix("\r"))
        record = line.record()
        territory = line.check_territory(territory)
        if record is not None:
            records.append(record)
        skipped += record is None
        errors += line.errors
        if len(errors) >= MAX_ERRORS:
            break
    if errors or territory is None:
        raise InvalidInput(errors[:MAX_ERRORS])
    return Register(territory, tuple(records), skipped)


class _Line:
    """One line; collects its faults in ``errors``."""

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.text = text
        self.type = text[:2]
        self.errors: list[FieldError] = []

    def refuse(self, field: str, rule: str, message: str) -> None:
        """Note a fault of a field."""
        self.errors.append(FieldError(f"line {self.number}, {field}", rule, message))

    def field(self, first: int, last: int) -> str:
        """Return what stands between two positions (from 1, inclusive), without padding."""
        return self.text[first - 1 : last].strip()

    def record(self) -> RegisterRecord | None:
        """Return the record, None when it is not kept or cannot be read."""
        if len(self.text) != LINE_LENGTH:
            self.refuse("length", "length", f"must have {LINE_LENGTH} characters, has {len(self.text)}")
            return None
        if not self.text.isprintable():
            self.refuse("text", "printable", "contains control characters")
            return None
        kind = _KINDS.get(self.type)
        if kind is None and self.type not in _COUNTED_ONLY:
            known = ", ".join(sorted({*_KINDS, *_COUNTED_ONLY}))
            self.refuse("record type", "choice", f"{self.type!r} is unknown, known are {known}")
            return None
        self._check_key()
        name = self.field(23, 72)
        if not name:
            self.refuse("name", "required", "is empty")
        return self._kept(kind, name) if kind is not None else None

    def check_territory(self, first: date | None) -> date | None:
        """Return the territory date of the register: this line's when it is the first, checked against it else."""
        found = _date(self.text[2:10])
        if found is None:
            if len(self.text) == LINE_LENGTH:
                self.refuse("territory date", "date", f"{self.text[2:10]!r} is no date YYYYMMDD")
            return first
        if first is not None and found != first:
            self.refuse("territory date", "mixed", f"is {found}, the lines above have {first}")
        return first or found

    def _check_key(self) -> None:
        for name, ((start, end), types) in _KEY_PARTS.items():
            part = self.text[start:end]
            # Type 30 writes its own letter where districts have digits.
            if self.type in types and not _is_number(part):
                self.refuse(f"{name} key", "digits", f"must be {end - start} digits, is {part!r}")
            elif self.type not in types and self.type != "30" and part.strip():
                self.refuse(
                    f"{name} key", "empty", f"must be empty in records of type {self.type}, is {part!r}"
                )

    def _kept(self, kind: RegionKind, name: str) -> RegisterRecord:
        text_code = self.field(123, 124)
        if text_code not in TEXT_CODES[kind]:
            known = ", ".join(sorted(TEXT_CODES[kind])) or "none"
            self.refuse(
                "Textkennzeichen", "choice", f"{text_code!r} is unknown for type {self.type}, known: {known}"
            )
        is_municipality = kind is RegionKind.MUNICIPALITY
        key = _KEYS[kind](self.text)
        return RegisterRecord(
            kind=kind,
            key=key,
            name=name,
            text_code=text_code or None,
            seat=self.field(73, 122) or None,
            postcode=self._postcode() if is_municipality else None,
            area_ha=self._number("area", 129, 139) if is_municipality else None,
            population=self._number("population", 140, 150) if is_municipality else None,
            line=self.number,
        )

    def _number(self, name: str, first: int, last: int) -> int | None:
        text = self.text[first - 1 : last]
        if _is_number(text) and int(text) <= MAX_FIGURE:
            return int(text)
        if _is_number(text):
            self.refuse(name, "range", f"must be at most {MAX_FIGURE:,}, is {int(text):,}")
            return None
        self.refuse(name, "digits", f"must be {len(text)} digits, is {text!r}")
        return None

    def _postcode(self) -> str | None:
        text = self.field(166, 170)
        if text and not (len(text) == 5 and _is_number(text)):
            self.refuse("postcode", "digits", f"must be 5 digits or empty, is {text!r}")
        return text or None


def _date(text: str) -> date | None:
    # Digits alone: fromisoformat reads weeks (2025W011) as well.
    if not _is_number(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


_KEYS: dict[RegionKind, Callable[[str], str]] = {
    RegionKind.STATE: lambda text: text[10:12],
    RegionKind.DISTRICT: lambda text: text[10:15],
    RegionKind.ASSOCIATION: lambda text: text[10:15] + text[18:22],
    RegionKind.MUNICIPALITY: lambda text: text[10:15] + text[18:22] + text[15:18],
}
