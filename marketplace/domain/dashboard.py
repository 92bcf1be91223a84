"""The federal dashboard's rows: which service they mean, and what they say of whom.

A row says that a procedure (LeiKa key) is online in a region (ARS) at an address, and how far that reaches. The
address decides which service is meant; how far it reaches decides for whom the row speaks. Both are written down in
one table (``seed/dashboard_mapping.csv``); what it maps to nothing is reported with the reason. Whether the
dashboard's link check passed says nothing about adoption and only stands in the note.

Source of the row's form: the open API of the federal "Dashboard Digitale Verwaltung", version 1.0.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from marketplace.domain import sources
from marketplace.domain.adoption import Proof, Scope, Status
from marketplace.domain.field_reader import FieldReader, is_web_address
from marketplace.domain.regions import RegionKind
from marketplace.domain.service import Service, ServiceKind
from marketplace.errors import FieldError, InvalidInput

COVERAGES = (
    "bundesweit flächendeckend", "landesweit flächendeckend", "kreisweit flächendeckend",
    "in mind. einer Kommune verfügbar", "nicht in Auswertung berücksichtigt",
)  # fmt: skip
MAPPING_FIELDS = ("field", "value", "region", "service_id", "scope", "status", "note", "source", "date")
_LEIKA, _ARS = re.compile(r"[0-9]{14}"), re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class DashboardRow:
    """A row of the dashboard; ``coverage`` is its ``art_flaechendeckung``, ``is_active`` False where it says so."""

    leika_key: str
    ars: str
    url: str
    coverage: str
    online_status: str | None
    is_active: bool

    def ref(self, read_on: date) -> str:
        """Return the row's own id: what it is about, what it says, and the day it was read."""
        said = "\n".join((self.url, self.coverage, self.online_status or ""))
        digest = hashlib.sha256(said.encode()).hexdigest()[:16]
        return f"{self.leika_key}/{self.ars}/{digest}/{read_on.isoformat()}"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a coverage says where the row is about a region of some kind; ``status`` None: nothing, for ``note``'s reason."""

    scope: Scope
    status: Status | None
    note: str


@dataclass(frozen=True, slots=True)
class DashboardMapping:
    """The table: meanings by coverage and kind of region, services by address (as ``address_of`` writes it)."""

    meanings: Mapping[tuple[str, RegionKind], Meaning]
    services: Mapping[str, str]


def read_row(raw: Mapping[str, Any]) -> DashboardRow:
    """Read a row; fields that the dashboard has beside these are passed over.

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(raw, errors)
    leika_key = reader.text("leika_key", 20, required=True)
    if leika_key is not None and not _LEIKA.fullmatch(leika_key):
        reader.refuse("leika_key", "format", "must be a LeiKa key: 14 digits")
    ars = reader.text("ars", 20, required=True)
    if ars is not None and len(ars) == 11:
        ars = ars.zfill(12)  # A spreadsheet took the key for a number.
    if ars is not None and not _ARS.fullmatch(ars):
        reader.refuse("ars", "format", "must be an ARS: 12 digits")
    coverage = reader.text("art_flaechendeckung", 80, required=True)
    if coverage is not None and coverage not in COVERAGES:
        reader.refuse("art_flaechendeckung", "choice", f"must be one of {', '.join(COVERAGES)}")
    url = reader.url("url", required=True)
    online_status = reader.text("online_status", 80)
    active = reader.text("aktiv", 10)
    if errors:
        raise InvalidInput(errors)
    return DashboardRow(
        leika_key or "", ars or "", url or "", coverage or "", online_status, is_active=active != "nein"
    )


def read_mapping(rows: Iterable[Mapping[str, Any]]) -> DashboardMapping:
    """Read the table; every coverage has a meaning, or a reason to have none, for every kind of region.

    Raises:
        InvalidInput: naming row and field, or the pair that is missing.
    """
    errors: list[FieldError] = []
    meanings: dict[tuple[str, RegionKind], Meaning] = {}
    services: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        reader = FieldReader(row, errors, prefix=f"row {number}.")
        reader.only(MAPPING_FIELDS)
        value = reader.text("value", 500, required=True) or ""
        note = reader.text("note", 500, required=True) or ""
        if row.get("field") == "url":
            service_id = reader.slug("service_id")
            if service_id is None or not is_web_address(value):
                reader.refuse("value", "format", "must be a web address, with the service that it means")
            else:
                services[address_of(value)] = service_id
        elif row.get("field") == "art_flaechendeckung":
            kind = reader.one_of("region", RegionKind, required=True)
            status = reader.one_of("status", Status)
            scope = reader.one_of("scope", Scope, required=status is not None) or Scope.OWN
            if kind is not None:
                meanings[value, kind] = Meaning(scope, status, note)
        else:
            reader.refuse("field", "choice", "must be url or art_flaechendeckung")
    for coverage in COVERAGES:
        errors += [
            FieldError(f"{coverage}, {kind}", "required", "has no meaning in the table")
            for kind in RegionKind
            if (coverage, kind) not in meanings
        ]
    if errors:
        raise InvalidInput(errors)
    return DashboardMapping(meanings, services)


def address_of(url: str) -> str:
    """Return what tells one address from another: host without ``www.``, path without a slash at its end, query."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return host + parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")


def addresses_of(services: Iterable[Service]) -> dict[str, list[Service]]:
    """Return which services have which address, by their own and their offers'."""
    found: dict[str, list[Service]] = {}
    for service in services:
        urls = (service.url, *(offer.url for offer in service.offers))
        for address in dict.fromkeys(address_of(url) for url in urls if url):
            found.setdefault(address, []).append(service)
    return found


def service_meant(
    row: DashboardRow, mapping: DashboardMapping, addresses: Mapping[str, Sequence[Service]]
) -> str:
    """Return the id of the service that a row's address means: that of the longest known beginning of it.

    The table goes before the services' own addresses. Where services share one (a whole and its parts), the one that
    puts the procedure online is meant, else the whole.

    Raises:
        InvalidInput: no service has the address, several have it, or only a platform.
    """
    for beginning in _beginnings(address_of(row.url)):
        if beginning in mapping.services:
            return mapping.services[beginning]
        found = addresses.get(beginning)
        if found:
            return _one_of(row, found)
    raise InvalidInput.one("url", "unknown_service", f"no service has the address {row.url}")


def _beginnings(address: str) -> list[str]:
    """Return an address and what it begins with, at the borders of its path, the longest first; the host last."""
    borders = [found.start() for found in re.finditer(r"[/?&]", address)]
    return list(dict.fromkeys([address, *(address[:border] for border in reversed(borders))]))


def _one_of(row: DashboardRow, services: Sequence[Service]) -> str:
    online = [service for service in services if service.kind is ServiceKind.ONLINE_SERVICE]
    exact = [service for service in online if row.leika_key in service.leika_keys]
    whole = [service for service in online if service.part_of is None]
    for choice in (online, exact, [s for s in exact if s.part_of is not None], whole):
        if len(choice) == 1:
            return choice[0].id
    if not online:
        names = ", ".join(service.id for service in services)
        raise InvalidInput.one(
            "url", "platform", f"the address is that of {names}, which is no online service"
        )
    names = ", ".join(sorted(service.id for service in online))
    raise InvalidInput.one("url", "ambiguous", f"{row.url} may be one of {names}")


def meaning_of(row: DashboardRow, mapping: DashboardMapping, kinds: Sequence[RegionKind]) -> Meaning:
    """Return what a row says, its region being of one of these kinds (a city state is of three).

    Raises:
        InvalidInput: it says nothing, with the table's reason.
    """
    if not row.is_active:
        raise InvalidInput.one("aktiv", "inactive", "the dashboard says that the procedure is not active")
    found = [mapping.meanings[row.coverage, kind] for kind in kinds]
    for meaning in found:
        if meaning.status is not None:
            return meaning
    raise InvalidInput.one("art_flaechendeckung", "says_nothing", found[0].note)


def statement(
    row: DashboardRow, service: Service, authority_key: str, scope: Scope, status: Status, read_on: date
) -> dict[str, Any]:
    """Return the adoption event that a row makes; a part's is recorded for its whole."""
    check = row.online_status or "unbekannt"
    return {
        "service_id": service.part_of or service.id,
        "authority_key": authority_key,
        "status": str(status),
        "scope": str(scope),
        "effective_on": read_on.isoformat(),
        "proof": str(Proof.LINK),
        "proof_url": row.url,
        "parts": [service.id] if service.part_of else [],
        "source": sources.DASHBOARD,
        "ref": row.ref(read_on),
        "note": f"Dashboard Digitale Verwaltung: {row.coverage}, Linkprüfung: {check}",
    }
