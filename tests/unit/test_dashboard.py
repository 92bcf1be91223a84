"""What the rows of the federal dashboard mean, by the table and by the services' addresses."""

from datetime import date
from typing import Any

import pytest

from marketplace.domain.adoption import Scope, Status
from marketplace.domain.dashboard import (
    COVERAGES,
    DashboardMapping,
    address_of,
    addresses_of,
    meaning_of,
    read_mapping,
    read_row,
    service_meant,
)
from marketplace.domain.regions import RegionKind
from marketplace.domain.service import Offer, Route, Service, ServiceKind
from marketplace.errors import InvalidInput
from marketplace.exchange.dashboard_rows import read_mapping_rows

ON = date(2026, 11, 1)
ROW = {
    "leika_key": "99102013060000", "ars": "091705101102", "url": "https://hund.example/steuer/anmelden?x=1#oben",
    "online_status": "ok", "aktiv": "ja", "art_flaechendeckung": "in mind. einer Kommune verfügbar",
    "leika_name": "Hundesteuer", "ozgid": 10254,
}  # fmt: skip


@pytest.fixture(scope="module")
def mapping() -> DashboardMapping:
    return read_mapping(read_mapping_rows())


def service(service_id: str, **fields: Any) -> Service:
    return Service(
        id=service_id,
        name=service_id,
        summary="",
        description="",
        **{"kind": ServiceKind.ONLINE_SERVICE, **fields},
    )


def meant(mapping: DashboardMapping, row: dict[str, Any], *services: Service) -> str:
    return service_meant(read_row(row), mapping, addresses_of(services))


def rule(error: pytest.ExceptionInfo[InvalidInput]) -> str:
    return error.value.errors[0].rule


def test_the_table_has_a_meaning_or_a_reason_for_every_coverage_and_kind_of_region(
    mapping: DashboardMapping,
) -> None:
    assert set(mapping.meanings) == {(coverage, kind) for coverage in COVERAGES for kind in RegionKind}
    assert {meaning.status for meaning in mapping.meanings.values()} == {Status.LIVE, None}
    silent = {
        (coverage, kind) for (coverage, kind), meaning in mapping.meanings.items() if meaning.status is None
    }
    assert ("in mind. einer Kommune verfügbar", RegionKind.STATE) in silent
    assert all(("nicht in Auswertung berücksichtigt", kind) in silent for kind in RegionKind)
    assert mapping.meanings["landesweit flächendeckend", RegionKind.STATE].scope is Scope.BELOW


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"field": "url", "value": "x", "note": "n"}, "row 1.value"),
        ({"field": "other", "value": "x", "note": "n"}, "row 1.field"),
        ({"field": "art_flaechendeckung", "value": "x", "region": "land", "note": "n"}, "row 1.region"),
        ({"field": "art_flaechendeckung", "value": COVERAGES[0], "region": "state", "status": "live", "note": "n"},
         "row 1.scope"),
    ],
)  # fmt: skip
def test_a_table_that_is_wrong_or_has_gaps_is_refused(row: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read_mapping([row])
    assert field in {one.field for one in error.value.errors}
    assert f"{COVERAGES[1]}, {RegionKind.STATE}" in {one.field for one in error.value.errors}


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://www.Example.org/Pfad/", "example.org/Pfad"),
        ("http://example.org", "example.org"),
        ("https://example.org/a?b=c#d", "example.org/a?b=c"),
    ],
)
def test_an_address_is_host_path_and_query(url: str, address: str) -> None:
    assert address_of(url) == address


def test_the_longest_known_beginning_of_an_address_decides(mapping: DashboardMapping) -> None:
    host, path = (
        service("portal", url="https://www.hund.example/"),
        service("hund", url="https://hund.example/steuer"),
    )
    assert meant(mapping, ROW, host, path) == "hund"
    assert meant(mapping, {**ROW, "url": "https://hund.example/steuerberater"}, host, path) == "portal"


def test_an_offers_address_counts_too(mapping: DashboardMapping) -> None:
    offered = service("hund", offers=(Offer("a", Route.DIRECT, url="https://hund.example/steuer/anmelden"),))
    assert meant(mapping, ROW, offered) == "hund"


def test_the_table_goes_before_the_services_own_addresses(mapping: DashboardMapping) -> None:
    rival = service("rival", url="https://wohnsitzanmeldung.de")
    row = {**ROW, "url": "https://www.wohnsitzanmeldung.de/start"}
    assert meant(mapping, row, rival) == "elektronische-wohnsitzanmeldung"


def test_of_a_whole_and_its_parts_the_one_that_puts_the_procedure_online_is_meant(
    mapping: DashboardMapping,
) -> None:
    address = "https://hund.example/steuer"
    whole = service("hund", url=address)
    parts = [
        service("anmelden", url=address, part_of="hund", leika_keys=("99102013060000",)),
        service("abmelden", url=address, part_of="hund", leika_keys=("99102013070000",)),
    ]
    assert meant(mapping, ROW, whole, *parts) == "anmelden"
    assert meant(mapping, {**ROW, "leika_key": "99000000000000"}, whole, *parts) == "hund"


def test_an_address_of_nobody_of_several_or_of_a_platform_means_no_service(mapping: DashboardMapping) -> None:
    with pytest.raises(InvalidInput) as nobody:
        meant(mapping, ROW)
    first, second = (service(name, url="https://hund.example") for name in ("eins", "zwei"))
    with pytest.raises(InvalidInput) as several:
        meant(mapping, ROW, first, second)
    with pytest.raises(InvalidInput) as platform:
        meant(mapping, ROW, service("portal", url="https://hund.example", kind=ServiceKind.PLATFORM))
    assert (rule(nobody), rule(several), rule(platform)) == ("unknown_service", "ambiguous", "platform")


def test_of_a_body_that_is_a_region_of_several_kinds_the_first_meaning_holds(
    mapping: DashboardMapping,
) -> None:
    row = read_row({**ROW, "art_flaechendeckung": "kreisweit flächendeckend"})
    assert meaning_of(row, mapping, [RegionKind.STATE, RegionKind.DISTRICT]).scope is Scope.BELOW
    with pytest.raises(InvalidInput) as silent:
        meaning_of(row, mapping, [RegionKind.STATE])
    assert rule(silent) == "says_nothing"
    assert "nennt nicht" in silent.value.errors[0].message


def test_an_inactive_procedure_says_nothing(mapping: DashboardMapping) -> None:
    with pytest.raises(InvalidInput) as inactive:
        meaning_of(read_row({**ROW, "aktiv": "nein"}), mapping, [RegionKind.MUNICIPALITY])
    assert rule(inactive) == "inactive"


def test_a_key_that_a_spreadsheet_took_for_a_number_gets_its_zero_back() -> None:
    assert read_row({**ROW, "ars": "10510000000"}).ars == "010510000000"


@pytest.mark.parametrize(
    ("fields", "field", "broken"),
    [
        ({"leika_key": "99"}, "leika_key", "format"),
        ({"ars": "0917"}, "ars", "format"),
        ({"ars": None}, "ars", "required"),
        ({"url": "ftp://x"}, "url", "format"),
        ({"url": "https://x.example/" + "a" * 500}, "url", "length"),
        ({"art_flaechendeckung": "überall"}, "art_flaechendeckung", "choice"),
        ({"online_status": "ok\x00"}, "online_status", "characters"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_by_field(
    fields: dict[str, Any], field: str, broken: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        read_row({**ROW, **fields})
    assert [(one.field, one.rule) for one in error.value.errors] == [(field, broken)]


def test_a_row_is_another_one_when_it_says_something_else_or_is_read_on_another_day() -> None:
    row = read_row(ROW)
    others = [
        row.ref(date(2026, 11, 2)),
        read_row({**ROW, "online_status": "nicht ok"}).ref(ON),
        read_row({**ROW, "art_flaechendeckung": COVERAGES[1]}).ref(ON),
        read_row({**ROW, "url": "https://hund.example"}).ref(ON),
    ]
    assert len({row.ref(ON), *others}) == 5
    assert read_row(dict(ROW)).ref(ON) == row.ref(ON)
    assert len(row.ref(ON)) < 200
