"""Plain rows of a file, judged by columns.

A plain row has none of the rare fields (corrections, answers, exceptions, parts, offers, maturity), and each of its
fields holds by itself. Every other row is left to ``judging.Judge``.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any

from marketplace.actions.bulk_lookups import Core, CoreTable
from marketplace.domain import dates
from marketplace.domain.adoption import Connection, Proof, Status
from marketplace.domain.event_rules import TEXTS
from marketplace.domain.field_reader import FieldReader
from marketplace.domain.sources import refusal_of_source
from marketplace.errors import FieldError
from marketplace.exchange.adoption_rows import EventTable

CORE = ("service_id", "status", "effective_on", "scope", "proof")
EXTRAS = ("proof_url", "proof_until", "note", "reason", "planned_live_on", "connection", "source", "ref")
PLAIN = frozenset({*CORE, *EXTRAS, "authority_key"})
_LINES = frozenset({"note", "reason"})
_UNFIT = object()


@dataclass(slots=True)
class PlainRows:
    """A file by columns, each as long as the file.

    ``cores`` and ``authorities`` (identity and key) are None where a row is not plain; ``pairs`` number service and
    authority. ``extras`` maps a further field to its values; fields that no row has are left out. ``others`` are the
    positions of rows that are not plain. ``names`` are source and ref of each row, None where it has no ref.
    """

    cores: list[Core | None]
    authorities: list[tuple[int, str] | None]
    pairs: list[int | None]
    extras: dict[str, list[Any]]
    others: set[int]
    names: Sequence[tuple[str, str] | None] = ()


def text_columns(table: EventTable) -> tuple[dict[str, Sequence[Any]], set[int]]:
    """Return the plain columns with nothing but texts and None in them, and the positions of rows that have more."""
    others = {row for name, values in table.columns.items() if name not in PLAIN for row in _filled(values)}
    columns = {name: values for name, values in table.columns.items() if name in PLAIN}
    if not table.texts_only:
        for name, values in columns.items():
            strange = {
                row for row, value in enumerate(values) if value is not None and type(value) is not str
            }
            others |= strange
            if strange:
                columns[name] = [None if row in strange else value for row, value in enumerate(values)]
    return columns, others


def _filled(values: Sequence[Any]) -> list[int]:
    return [row for row, value in enumerate(values) if value is not None]


def service_ids(columns: Mapping[str, Sequence[Any]]) -> set[str]:
    """Return the services that a file names; what no database keeps names none."""
    return {
        text.strip() for text in set(columns.get("service_id", ())) if text and text.strip().isprintable()
    }


def read_plain(
    columns: Mapping[str, Sequence[Any]],
    others: set[int],
    table: CoreTable,
    count: int,
    own_sources: Collection[str] = (),
) -> PlainRows:
    """Judge each distinct value of the columns once, and put the rows together again.

    Rows that name another reserved source than ``own_sources`` are not plain.
    """
    keys = zip(*(columns.get(name) or repeat(None, count) for name in CORE), strict=True)
    cores = list(map(table.__getitem__, keys))
    key_texts = columns.get("authority_key") or [None] * count
    authorities = [core.keys[text] if core else None for core, text in zip(cores, key_texts, strict=True)]
    pairs = [
        core.base + authority[0] if core and authority else None
        for core, authority in zip(cores, authorities, strict=True)
    ]
    extras: dict[str, list[Any]] = {}
    unfit = {row for row, pair in enumerate(pairs) if pair is None} if None in pairs else set()
    for name in EXTRAS:
        values = _values(name, columns.get(name))
        if values is not None:
            unfit |= {row for row, value in enumerate(values) if value is _UNFIT}
            extras[name] = values
    for row in unfit:
        for values in extras.values():
            values[row] = None if values[row] is _UNFIT else values[row]
    rows = PlainRows(cores, authorities, pairs, extras, others | unfit)
    rows.names = _names(extras, count)
    rows.others |= _contradicting(rows) | _doubtfully_proven(rows) | _reserved(rows, own_sources)
    return rows


def _values(name: str, cells: Sequence[str | None] | None) -> list[Any] | None:
    if cells is None:
        return None
    distinct = set(cells)
    if distinct == {None}:
        return None
    if name == "ref" and None not in distinct and _are_clean(distinct):
        return list(cells)
    read = _READERS[name]
    values = {cell: None if cell is None else read(cell) for cell in distinct}
    return [values[cell] for cell in cells]


def _are_clean(texts: set[Any]) -> bool:
    """Tell whether texts are ids as they should be, all at once: printable, short, no blanks in or around them."""
    joined = "".join(texts)
    return joined.isprintable() and " " not in joined and len(max(texts, key=len)) <= TEXTS["ref"]


def _reader(name: str) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        errors: list[FieldError] = []
        reader = FieldReader({name: cell}, errors)
        if name in TEXTS:
            value: Any = reader.text(name, TEXTS[name], lines=name in _LINES)
        elif name == "proof_url":
            value = reader.url(name)
        elif name == "connection":
            value = reader.one_of(name, Connection)
            value = None if value is None else str(value)
        else:
            value = reader.day(name)
        is_day = isinstance(value, date)
        return _UNFIT if errors or (is_day and not dates.is_possible(value)) else value

    return read


_READERS = {name: _reader(name) for name in EXTRAS}


def _names(extras: Mapping[str, list[Any]], count: int) -> list[tuple[str, str] | None]:
    if "ref" not in extras or "source" not in extras:
        return [None] * count
    both = zip(extras["source"], extras["ref"], strict=True)
    return [(source, ref) if ref and source else None for source, ref in both]


def _contradicting(rows: PlainRows) -> set[int]:
    """Return the rows whose fields do not go together, and those whose ref stands twice in the file."""
    found: set[int] = set()
    if any(core is not None and core.status == Status.DECLINED for core in set(rows.cores)):
        reasons = rows.extras.get("reason") or repeat(None, len(rows.cores))
        for row, (core, reason) in enumerate(zip(rows.cores, reasons, strict=True)):
            if core is not None and core.status == Status.DECLINED and reason is None:
                found.add(row)
    if "ref" in rows.extras:
        both = zip(rows.extras["ref"], rows.names, strict=True)
        found |= {row for row, (ref, name) in enumerate(both) if ref and name is None}
    if len(set(rows.names)) < len(rows.names):
        often = Counter(rows.names)
        found |= {row for row, name in enumerate(rows.names) if name is not None and often[name] > 1}
    return found


def _reserved(rows: PlainRows, own: Collection[str]) -> set[int]:
    said = rows.extras.get("source", [])
    refused = {source for source in set(said) if refusal_of_source(source, own)}
    return {row for row, source in enumerate(said) if source in refused} if refused else set()


def _doubtfully_proven(rows: PlainRows) -> set[int]:
    """Return the rows whose proof, its address and its last day do not go together, to be read one by one."""
    nothing: list[Any] = [None] * len(rows.cores)
    urls, untils = rows.extras.get("proof_url"), rows.extras.get("proof_until")
    has_links = any(core is not None and core.proof == Proof.LINK for core in set(rows.cores))
    if urls is None and untils is None and not has_links:
        return set()
    found: set[int] = set()
    for row, (core, url, until) in enumerate(
        zip(rows.cores, urls or nothing, untils or nothing, strict=True)
    ):
        if core is None:
            continue
        alone = core.proof == (Proof.LINK if url is None else Proof.NONE)
        if alone or (until is not None and (core.proof == Proof.NONE or until < core.effective_on)):
            found.add(row)
    return found
