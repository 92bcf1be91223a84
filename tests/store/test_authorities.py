"""Authorities without a regional key: brought in, named by sets, recorded for, counted in their state."""

from datetime import date, datetime, timedelta

import pytest

from marketplace.actions.adoptions import adoptions_of_service
from marketplace.actions.authorities import import_authorities, import_file
from marketplace.actions.authority_sets import put_set
from marketplace.actions.context import Context
from marketplace.actions.eligible_authorities import eligible_authorities
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import record_events
from marketplace.actions.reuse import reuse_of_service
from marketplace.actions.service_writing import ANY_VERSION
from marketplace.domain.access import Actor, Role
from marketplace.errors import Forbidden, InvalidInput, Unauthenticated
from tests import land, reform
from tests.conftest import Clock

HEADING = "key;name;kind;region"
MITTE = "bezirksamt-mitte;Bezirksamt Mitte;bezirksamt;02"
JOBCENTER = f"jobcenter-sued;Jobcenter Südkreis;jobcenter;{land.SUEDKREIS}"
FILE = f"{HEADING}\n{MITTE}\n{JOBCENTER}".encode()


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


def whys(ctx: Context, service_id: str, as_of: date | None = None) -> dict[str, str]:
    found = eligible_authorities(ctx, service_id, PageRequest(page_size=200), as_of=as_of)
    return {one.authority.key: str(one.why) for one in found.page.items}


def test_the_same_file_twice_changes_nothing_the_second_time(ctx: Context) -> None:
    first = import_file(ctx, land.OPERATOR, FILE)
    again = import_file(ctx, land.OPERATOR, FILE)
    assert (first.accepted, first.written) == (2, True)
    assert (again.accepted, again.unchanged, again.written) == (0, 2, False)


def test_a_file_of_a_german_spreadsheet_says_the_same(ctx: Context) -> None:
    import_file(ctx, land.OPERATOR, FILE.decode().replace("\n", "\r\n").encode("cp1252"))
    assert import_file(ctx, land.OPERATOR, FILE).unchanged == 2


@pytest.mark.parametrize(
    ("data", "field", "rule"),
    [
        (b"", "line 1", "heading"),
        (b"key;name\nx;y\n", "line 1", "heading"),
        (b"key;name;kind;region;key\na;b;c;d;e\n", "line 1", "unique"),
        (b"key;name;kind;region\n", "file", "length"),
        (b"key;name;kind;region\na;b\n", "line 2", "columns"),
        (b"key;name;kind;region\n\xc3\xa4;\xff;c;d\n", "line 2", "encoding"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_line(
    ctx: Context, data: bytes, field: str, rule: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        import_file(ctx, land.OPERATOR, data)
    assert [(one.field, one.rule) for one in error.value.errors] == [(field, rule)]


def test_a_dry_run_writes_nothing(ctx: Context) -> None:
    assert import_file(ctx, land.OPERATOR, FILE, dry_run=True).accepted == 2
    assert import_file(ctx, land.OPERATOR, FILE).accepted == 2


@pytest.mark.parametrize(
    ("row", "field", "rule"),
    [
        ({"key": "091610000000", "name": "X", "kind": "jobcenter", "region": "09"}, "key", "format"),
        ({"key": "jc", "name": "X", "kind": "municipality", "region": "09"}, "kind", "choice"),
        ({"key": "jc", "name": "X", "kind": "Job Center", "region": "09"}, "kind", "format"),
        ({"key": "jc", "name": "X", "kind": "jobcenter", "region": "99999"}, "region", "unknown"),
        ({"key": "jc", "name": "X", "kind": "jobcenter", "region": "00"}, "region", "choice"),
        ({"key": "jc", "kind": "jobcenter", "region": "09"}, "name", "required"),
        ({"key": "jc", "name": "A\x00", "kind": "jobcenter", "region": "09"}, "name", "characters"),
        ({"key": "jc", "name": "X", "kind": "jobcenter", "region": "09", "more": 1}, "more", "unknown"),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_named_and_keeps_the_others_out(
    ctx: Context, row: dict[str, object], field: str, rule: str
) -> None:
    good = {"key": "bezirksamt-nord", "name": "Nord", "kind": "bezirksamt", "region": "02"}
    report = import_authorities(ctx, land.OPERATOR, [good, row])
    assert [(e.field, e.rule) for e in report.rows[1].errors] == [(field, rule)]
    assert import_authorities(ctx, land.OPERATOR, [good]).accepted == 1


def test_a_key_stands_in_a_file_once(ctx: Context) -> None:
    report = import_file(ctx, land.OPERATOR, f"{HEADING}\n{MITTE}\n{MITTE}".encode())
    assert [row.outcome for row in report.rows] == ["accepted", "rejected"]


def test_an_authority_may_get_another_name_but_never_another_kind_or_region(ctx: Context) -> None:
    import_file(ctx, land.OPERATOR, FILE)
    row = {"key": "jobcenter-sued", "name": "Jobcenter Süd", "kind": "jobcenter", "region": land.SUEDKREIS}
    assert import_authorities(ctx, land.OPERATOR, [row]).accepted == 1
    moved = import_authorities(ctx, land.OPERATOR, [{**row, "region": land.BAVARIA, "kind": "zweckverband"}])
    assert [(e.field, e.rule) for e in moved.rows[0].errors] == [("kind", "fixed"), ("region", "fixed")]


def test_only_operators_bring_authorities_in(ctx: Context) -> None:
    for role in set(Role) - {Role.OPERATOR}:
        with pytest.raises(Forbidden):
            import_authorities(ctx, Actor.of("somebody", "provider", role), [])
    with pytest.raises(Unauthenticated):
        import_authorities(ctx, None, [])


def test_a_file_holds_a_limited_number_of_them(ctx: Context) -> None:
    with pytest.raises(InvalidInput, match="at most 20000"):
        import_authorities(ctx, land.OPERATOR, [{}] * 20_001)


def test_a_set_names_them_and_says_why_each_of_its_members_is_one(ctx: Context) -> None:
    """Districts, in Hamburg instead the district offices by name; the job centre counts in Bavaria, where it lies."""
    import_file(ctx, land.OPERATOR, FILE)
    fields = {
        "name": "Jugendämter", "level": "district", "states": {"02": None, "09": "municipality"},
        "add": ["bezirksamt-mitte", "jobcenter-sued"], "remove": [land.SEEDORF], "reason": "a test's own",
    }  # fmt: skip
    put_set(ctx, land.OPERATOR, "offices", fields, None)
    land.add_service(ctx, "jugend", authority_set="offices", lead_state="02")
    assert whys(ctx, "jugend") == {
        land.BERGSTADT: "state_exception",
        land.NORDSTADT_TOWN: "state_exception",
        land.SEEHEIM: "state_exception",
        "bezirksamt-mitte": "added",
        "jobcenter-sued": "added",
    }
    found = eligible_authorities(ctx, "jugend", PageRequest())
    assert (found.by_state, found.reason) == ({"02": 1, "09": 4}, "a test's own")


def test_a_set_that_changes_on_a_day_changes_who_is_eligible_from_that_day(
    ctx: Context, clock: Clock
) -> None:
    import_file(ctx, land.OPERATOR, FILE)
    before_the_change = clock.tick(hours=1)
    clock.tick(hours=1)
    district = {"name": "districts", "level": "district", "reason": "a test's own"}
    change = {**district, "add": ["jobcenter-sued"], "remove": ["02000"], "valid_from": "2026-07-01"}
    put_set(ctx, land.OPERATOR, "districts", change, ANY_VERSION)
    land.add_service(ctx, "jugend", authority_set="districts", lead_state="02")
    then = whys(ctx, "jugend", date(2026, 6, 30))
    assert then == {"02000": "level", land.NORDSTADT: "level", land.SUEDKREIS: "level"}
    assert whys(ctx, "jugend", date(2026, 7, 1)) == {
        land.NORDSTADT: "level", land.SUEDKREIS: "level", "jobcenter-sued": "added",
    }  # fmt: skip
    as_known = eligible_authorities(
        ctx, "jugend", PageRequest(), as_of=date(2026, 7, 1), known_at=before_the_change
    )
    assert [one.authority.key for one in as_known.page.items] == ["02000", land.NORDSTADT, land.SUEDKREIS]


def test_a_named_authority_adopts_and_is_reached_by_its_states_cover(ctx: Context) -> None:
    import_file(ctx, land.OPERATOR, FILE)
    added = {
        "name": "x",
        "level": None,
        "add": ["bezirksamt-mitte", "jobcenter-sued"],
        "reason": "a test's own",
    }
    put_set(ctx, land.OPERATOR, "offices", added, None)
    land.add_service(ctx, "jugend", authority_set="offices", lead_state="02")
    event = {"service_id": "jugend", "status": "live", "effective_on": "2026-01-01", "proof": "contract"}
    cover = {**event, "authority_key": "09", "scope": "below", "status": "agreed"}
    report = record_events(ctx, land.OPERATOR, [{**event, "authority_key": "bezirksamt-mitte"}, cover])
    assert report.written
    items = adoptions_of_service(ctx, "jugend", PageRequest()).page.items
    assert {(one.authority_key, str(one.status), one.inherited_from) for one in items} == {
        ("bezirksamt-mitte", "live", None),
        ("jobcenter-sued", "agreed", "09"),
    }
    rows = {row.key: row for row in reuse_of_service(ctx, "jugend", by="state", rule="coverage").rows}
    assert {key: (row.numerator, row.denominator) for key, row in rows.items()} == {
        "02": (1, 1),
        "09": (0, 1),
    }


def test_a_clerk_of_a_named_authority_speaks_for_it_and_for_nobody_else(ctx: Context) -> None:
    import_file(ctx, land.OPERATOR, FILE)
    added = {"name": "x", "level": "district", "add": ["jobcenter-sued"], "reason": "a test's own"}
    put_set(ctx, land.OPERATOR, "offices", added, None)
    land.add_service(ctx, "jugend", authority_set="offices", lead_state="02")
    clerk = land.clerk_of("jobcenter-sued")
    event = {"service_id": "jugend", "status": "live", "effective_on": "2026-01-01"}
    assert record_events(ctx, clerk, [{**event, "authority_key": "jobcenter-sued"}]).written
    refused = record_events(ctx, clerk, [{**event, "authority_key": land.SUEDKREIS}])
    assert [e.rule for e in refused.rows[0].errors] == ["access"]


def test_a_city_is_never_counted_once_for_each_of_its_offices(ctx: Context) -> None:
    """Two district offices of Hamburg share its inhabitants, nobody says how; the only job centre of a district has all."""
    north = "bezirksamt-nord;Bezirksamt Nord;bezirksamt;02"
    import_file(ctx, land.OPERATOR, f"{HEADING}\n{MITTE}\n{north}\n{JOBCENTER}".encode())
    offices = ["bezirksamt-mitte", "bezirksamt-nord", "jobcenter-sued"]
    put_set(ctx, land.OPERATOR, "offices", {"name": "x", "level": None, "add": offices, "reason": "x"}, None)
    land.add_service(ctx, "jugend", authority_set="offices", lead_state="02")
    answer = reuse_of_service(ctx, "jugend", by="state", rule="coverage", unit="population")
    assert {row.key: row.denominator for row in answer.rows} == {"02": 0, "09": 14_100}
    sizes = reuse_of_service(ctx, "jugend", by="size_class", rule="coverage")
    assert [(row.key, row.denominator) for row in sizes.rows] == [("10-20k", 1), ("unknown", 2)]
    assert sizes.total.denominator == 3


REGISTRY = f"standesamt-seedorf;Standesamt Seedorf;standesamt;{land.SEEDORF}"


@pytest.fixture
def reformed(ctx: Context, clock: Clock) -> Context:
    """An authority placed in Seedorf, which Bavaria has joined for; then Seedorf is gone, where to is not decided."""
    import_file(ctx, land.OPERATOR, f"{HEADING}\n{REGISTRY}".encode())
    put_set(ctx, land.OPERATOR, "offices", {"name": "x", "level": None, "add": ["standesamt-seedorf"]}, None)
    land.add_service(ctx, "ehe", authority_set="offices", lead_state="02")
    reform.say(ctx, land.BAVARIA, "agreed", "2025-10-01", "ehe", scope="below")
    clock.tick(hours=1)
    reform.reform(ctx)
    clock.tick(hours=1)
    return ctx


def place_of(
    ctx: Context, as_of: date | None = None, known_at: datetime | None = None
) -> tuple[str, int | None]:
    (found,) = eligible_authorities(ctx, "ehe", PageRequest(), as_of=as_of, known_at=known_at).page.items
    return found.authority.region_key, found.authority.population


def inherited_from(ctx: Context) -> str | None:
    (found,) = adoptions_of_service(ctx, "ehe", PageRequest()).page.items
    return found.inherited_from


def test_an_authority_whose_region_ended_lies_where_that_went(reformed: Context, clock: Clock) -> None:
    before = clock.now
    clock.tick(hours=1)
    reform.confirm(reformed)
    assert place_of(reformed) == (reform.SEESTADT, 5_150)
    assert place_of(reformed, reform.REFORM - timedelta(days=1)) == (land.SEEDORF, 800)
    assert place_of(reformed, reform.REGISTER, before) == (land.SEEDORF, None)
    assert inherited_from(reformed) == land.BAVARIA


def test_an_authority_whose_region_ended_is_still_reached_by_its_state(reformed: Context) -> None:
    assert place_of(reformed) == (land.SEEDORF, None)
    assert inherited_from(reformed) == land.BAVARIA


def test_the_unchanged_file_is_unchanged_whatever_became_of_a_region(reformed: Context) -> None:
    row = {"key": "standesamt-seedorf", "name": "Standesamt Seedorf", "kind": "standesamt"}
    said = [{**row, "region": key} for key in (land.SEEDORF, "09170101", reform.SEESTADT, land.SEEHEIM)]
    undecided = [import_authorities(reformed, land.OPERATOR, [one]).rows[0].outcome for one in said]
    assert undecided == ["unchanged", "unchanged", "rejected", "rejected"]
    reform.confirm(reformed)
    decided = [import_authorities(reformed, land.OPERATOR, [one]).rows[0].outcome for one in said]
    assert decided == ["unchanged", "unchanged", "unchanged", "rejected"]
