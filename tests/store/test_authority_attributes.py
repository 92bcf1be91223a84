"""What sources say of authorities: IT providers and specialist systems, kept by when they were recorded."""

import pytest

from marketplace.actions.authorities import import_authorities
from marketplace.actions.authority_attributes import import_attributes, import_file
from marketplace.actions.authority_detail import get_authority
from marketplace.actions.context import Context
from marketplace.actions.service_import import ImportReport
from marketplace.domain.access import Actor, Role
from marketplace.errors import Forbidden, NotFound
from marketplace.store.authority_attributes import values_of
from tests import land
from tests.conftest import NOW, Clock
from tests.reform import SEEDORF_ALONE, reform, rekey_seedorf

HEADING = "authority_key;name;value;source"


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


def imported(ctx: Context, *lines: str, dry_run: bool = False) -> ImportReport:
    return import_file(ctx, land.OPERATOR, "\n".join((HEADING, *lines)).encode(), dry_run=dry_run)


def said(ctx: Context, key: str, known_at: str | None = None) -> list[tuple[str, str, str]]:
    detail = get_authority(ctx, key, known_at=known_at)
    return [(one.name, one.value, one.source) for one in detail.attributes]


SEEHEIM = f"{land.SEEHEIM};it_provider;AKDB;Umfrage 2026"
SYSTEMS = (
    f"{land.SEEHEIM};specialist_system;OK.EWO;Umfrage 2026",
    f"{land.SEEHEIM};specialist_system;AutiSta;Umfrage 2026",
)


def test_the_same_file_twice_changes_nothing_the_second_time(ctx: Context) -> None:
    first, again = imported(ctx, SEEHEIM, *SYSTEMS), imported(ctx, SEEHEIM, *SYSTEMS)
    assert (first.accepted, again.accepted, again.unchanged) == (3, 0, 3)
    assert said(ctx, land.SEEHEIM) == [
        ("it_provider", "AKDB", "Umfrage 2026"),
        ("specialist_system", "AutiSta", "Umfrage 2026"),
        ("specialist_system", "OK.EWO", "Umfrage 2026"),
    ]


def test_a_dry_run_writes_nothing(ctx: Context) -> None:
    assert imported(ctx, SEEHEIM, dry_run=True).accepted == 1
    assert said(ctx, land.SEEHEIM) == []


def test_what_a_source_no_longer_says_is_taken_back_and_other_sources_stay(ctx: Context) -> None:
    imported(ctx, SEEHEIM, *SYSTEMS, f"{land.SEEHEIM};it_provider;Kreisrechenzentrum;Website")
    report = imported(ctx, SYSTEMS[1])
    assert report.accepted == 1
    assert said(ctx, land.SEEHEIM) == [
        ("it_provider", "AKDB", "Umfrage 2026"),
        ("it_provider", "Kreisrechenzentrum", "Website"),
        ("specialist_system", "AutiSta", "Umfrage 2026"),
    ]


def test_a_row_without_a_value_takes_back_the_last_one(ctx: Context) -> None:
    imported(ctx, SEEHEIM)
    assert imported(ctx, f"{land.SEEHEIM};it_provider;;Umfrage 2026").accepted == 1
    assert said(ctx, land.SEEHEIM) == []
    assert imported(ctx, f"{land.SEEHEIM};it_provider;;Umfrage 2026").unchanged == 1


def test_what_was_believed_before_stays_readable(ctx: Context, clock: Clock) -> None:
    clock.tick(hours=1)
    imported(ctx, SEEHEIM)
    with_akdb = clock.tick(hours=1)
    clock.tick(hours=1)
    imported(ctx, SEEHEIM.replace("AKDB", "LivingData"))
    with ctx.database.reading() as session:
        before = values_of(session, "it_provider", NOW)
        then = values_of(session, "it_provider", with_akdb)
        now = values_of(session, "it_provider", clock.now)
    assert (before, list(then.values()), list(now.values())) == ({}, [("AKDB",)], [("LivingData",)])
    assert said(ctx, land.SEEHEIM, with_akdb.isoformat()) == [("it_provider", "AKDB", "Umfrage 2026")]


def test_two_sources_that_agree_give_one_value(ctx: Context, clock: Clock) -> None:
    imported(ctx, SEEHEIM)
    imported(ctx, SEEHEIM.replace("Umfrage 2026", "Website"))
    with ctx.database.reading() as session:
        assert list(values_of(session, "it_provider", clock.tick(hours=1)).values()) == [("AKDB",)]


def test_a_body_with_several_keys_has_the_attribute_under_each(ctx: Context) -> None:
    imported(ctx, f"{land.NORDSTADT};it_provider;AKDB;x", "02;it_provider;Dataport;x")
    for key in (land.NORDSTADT, land.NORDSTADT_TOWN):
        assert said(ctx, key) == [("it_provider", "AKDB", "x")]
    for key in ("02", "02000", land.HAMBURG_TOWN):
        assert said(ctx, key) == [("it_provider", "Dataport", "x")]
    assert said(ctx, land.SUEDKREIS) == []


def test_authorities_with_a_key_of_their_own_have_attributes_too(ctx: Context) -> None:
    row = {"key": "jobcenter-sued", "name": "Jobcenter", "kind": "jobcenter", "region": land.SUEDKREIS}
    import_authorities(ctx, land.OPERATOR, [row])
    imported(ctx, "jobcenter-sued;specialist_system;ALLEGRO;x")
    detail = get_authority(ctx, "jobcenter-sued")
    assert (detail.has_own_key, detail.authority.state, said(ctx, "jobcenter-sued")) == (
        True, "09", [("specialist_system", "ALLEGRO", "x")],
    )  # fmt: skip
    with pytest.raises(NotFound):
        get_authority(ctx, "jobcenter-nord")


@pytest.mark.parametrize(
    ("line", "field", "rule"),
    [
        (f"{land.SEEHEIM};provider;AKDB;x", "name", "choice"),
        ("99999;it_provider;AKDB;x", "authority_key", "unknown"),
        (f"{land.FOREST};it_provider;AKDB;x", "authority_key", "no_authority"),
        (f"{land.SEEHEIM};it_provider;AKDB;", "source", "required"),
        (f"{land.SEEHEIM};it_provider;{'x' * 201};x", "value", "length"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named_and_keeps_the_others_out(
    ctx: Context, line: str, field: str, rule: str
) -> None:
    report = imported(ctx, SEEHEIM, line)
    assert [(e.field, e.rule) for e in report.rows[1].errors] == [(field, rule)]
    assert said(ctx, land.SEEHEIM) == []


def test_a_value_stands_in_a_file_once_under_whichever_key_of_the_body(ctx: Context) -> None:
    report = imported(
        ctx, f"{land.NORDSTADT};it_provider;AKDB;x", f"{land.NORDSTADT_TOWN};it_provider;AKDB;y"
    )
    assert [row.outcome for row in report.rows] == ["accepted", "rejected"]


def test_only_operators_take_attributes_in(ctx: Context) -> None:
    for role in set(Role) - {Role.OPERATOR}:
        with pytest.raises(Forbidden):
            import_attributes(ctx, Actor.of("somebody", "provider", role), [])


def test_a_key_of_former_days_means_the_body_that_had_it(ctx: Context, clock: Clock) -> None:
    clock.tick(hours=1)
    rekey_seedorf(ctx)
    assert imported(ctx, f"{land.SEEDORF};it_provider;AKDB;x").accepted == 1
    assert said(ctx, SEEDORF_ALONE) == [("it_provider", "AKDB", "x")]


def test_a_row_about_who_has_ended_is_refused_with_the_day(ctx: Context, clock: Clock) -> None:
    clock.tick(hours=1)
    reform(ctx)
    (row,) = imported(ctx, f"{land.SEEDORF};it_provider;AKDB;x").rows
    assert [(e.field, e.rule, e.message) for e in row.errors] == [
        ("authority_key", "ended", "Seedorf (091705101101) ended on 2026-03-31")
    ]
