"""Authority sets: written by operators, kept by two times, counted in the register of the day."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from marketplace.actions.authority_sets import SetDetail, get_set, import_sets, list_sets, put_set
from marketplace.actions.context import Context
from marketplace.actions.register import import_register
from marketplace.actions.service_writing import ANY_VERSION
from marketplace.domain.access import Actor, Role
from marketplace.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    Unauthenticated,
    VersionMismatch,
    VersionRequired,
)
from marketplace.store.authority_sets import definition_at
from tests.conftest import NOW, Clock
from tests.registers import FIRST, SECOND, compact, land, rekeyed, without

OPERATOR = Actor.of("operator", "operator", Role.OPERATOR)
TOWNS: dict[str, Any] = {"name": "Gemeinden", "level": "municipality"}
LOCAL: dict[str, Any] = {"name": "Örtliche Verwaltungen", "level": "local_administration"}


@pytest.fixture
def ctx(context: Context) -> Context:
    import_register(context, compact(land()), "Test")
    return context


def put(ctx: Context, fields: Mapping[str, Any], version: int | None, set_id: str = "towns") -> SetDetail:
    return put_set(ctx, OPERATOR, set_id, fields, version)[0]


def test_a_new_set_is_counted_in_the_register(ctx: Context) -> None:
    detail, created = put_set(ctx, OPERATOR, "towns", TOWNS, None)
    assert created
    assert (detail.version, detail.member_count, detail.counts_by_state) == (1, 3, {"16": 3})
    assert (detail.members, detail.territory_on) == ([], FIRST)


def test_members_are_listed_for_the_day_asked_for(ctx: Context) -> None:
    put(ctx, TOWNS, None)
    import_register(ctx, compact(without(land(), "160615001002"), SECOND), "Test")
    assert len(get_set(ctx, "towns", FIRST).members) == 3
    later = get_set(ctx, "towns", SECOND)
    assert [member.key for member in later.members] == ["160610003003", "160615001001"]
    assert later.territory_on == SECOND


def test_all_sets_are_listed_by_id(ctx: Context) -> None:
    put(ctx, TOWNS, None)
    put(ctx, LOCAL, None, "local")
    put(ctx, {**TOWNS, "name": "Städte"}, 1)
    assert [(one.definition.id, one.definition.name, one.version) for one in list_sets(ctx)] == [
        ("local", "Örtliche Verwaltungen", 1),
        ("towns", "Städte", 2),
    ]


def test_what_was_believed_before_a_change_stays_readable(ctx: Context, clock: Clock) -> None:
    put(ctx, TOWNS, None)
    clock.tick(hours=1)
    put(ctx, LOCAL, 1)
    assert get_set(ctx, "towns").definition.name == "Örtliche Verwaltungen"
    with ctx.database.reading() as session:
        believed = definition_at(session, "towns", FIRST, NOW + timedelta(minutes=1))
        first = definition_at(session, "towns", FIRST, NOW - timedelta(days=900))
        now = definition_at(session, "towns", FIRST, clock.now)
    assert believed is not None
    assert believed.name == "Gemeinden"
    assert first == believed
    assert now is not None
    assert now.name == "Örtliche Verwaltungen"


def test_a_change_from_a_day_on_leaves_the_days_before(ctx: Context) -> None:
    put(ctx, TOWNS, None)
    put(ctx, {**LOCAL, "valid_from": "2025-01-01"}, 1)
    put(ctx, {**TOWNS, "name": "Wieder Gemeinden", "valid_from": "2026-01-01"}, 2)

    def name_on(day: date) -> str:
        return get_set(ctx, "towns", day).definition.name

    assert name_on(date(2024, 12, 31)) == "Gemeinden"
    assert name_on(date(2025, 1, 1)) == "Örtliche Verwaltungen"
    assert name_on(date(2025, 12, 31)) == "Örtliche Verwaltungen"
    assert name_on(date(2026, 1, 1)) == "Wieder Gemeinden"
    assert get_set(ctx, "towns", date(2025, 6, 1)).definition.valid_to == date(2026, 1, 1)


def test_a_change_from_an_earlier_day_on_replaces_what_came_later(ctx: Context) -> None:
    put(ctx, TOWNS, None)
    put(ctx, {**LOCAL, "valid_from": "2025-01-01"}, 1)
    put(ctx, {**TOWNS, "name": "Neu", "valid_from": "2024-01-01"}, 2)
    assert get_set(ctx, "towns", date(2023, 12, 31)).definition.name == "Gemeinden"
    assert get_set(ctx, "towns", date(2025, 6, 1)).definition.name == "Neu"


def test_a_change_of_what_holds_today_leaves_what_is_planned(ctx: Context, clock: Clock) -> None:
    put(ctx, TOWNS, None)
    put(ctx, {**LOCAL, "valid_from": "2027-01-01"}, 1)
    clock.tick(hours=1)
    found = put(ctx, {**TOWNS, "name": "Städte"}, 2)
    assert (found.definition.name, found.definition.valid_to) == ("Städte", date(2027, 1, 1))
    assert get_set(ctx, "towns", date(2027, 1, 1)).definition.name == "Örtliche Verwaltungen"
    put(ctx, {**TOWNS, "name": "Anders", "valid_from": "2027-01-01"}, 3)
    assert get_set(ctx, "towns", date(2027, 1, 1)).definition.name == "Anders"
    assert put(ctx, {**TOWNS, "name": "Städte"}, 4).version == 4
    rows = [{"id": "towns", **TOWNS, "name": "Städte"}]
    assert import_sets(ctx, OPERATOR, rows).unchanged == 1


def test_before_its_first_day_a_set_is_what_it_was_then(ctx: Context) -> None:
    put(ctx, {**TOWNS, "valid_from": "2025-01-01"}, None)
    assert get_set(ctx, "towns", date(2020, 1, 1)).definition.name == "Gemeinden"


def test_saying_the_same_again_writes_nothing(ctx: Context) -> None:
    put(ctx, TOWNS, None)
    assert put(ctx, TOWNS, 1).version == 1


def test_a_write_must_name_the_version_it_was_made_from(ctx: Context) -> None:
    with pytest.raises(VersionMismatch):
        put(ctx, TOWNS, 1)
    put(ctx, TOWNS, None)
    with pytest.raises(VersionRequired):
        put(ctx, LOCAL, None)
    with pytest.raises(VersionMismatch):
        put(ctx, LOCAL, 2)
    assert put(ctx, LOCAL, ANY_VERSION).version == 2


def test_keys_that_nobody_has_or_had_are_refused_and_nothing_is_written(ctx: Context) -> None:
    wrong = {
        **TOWNS,
        "states": {"17": None},
        "add": ["160610003003", "160619004004"],
        "remove": ["jobcenter"],
    }
    with pytest.raises(InvalidInput) as caught:
        put(ctx, wrong, None)
    assert [error.field for error in caught.value.errors] == ["states.17", "add.1", "remove.0"]
    with pytest.raises(NotFound):
        get_set(ctx, "towns")


def test_a_key_of_former_days_may_be_removed(ctx: Context) -> None:
    import_register(ctx, compact(without(land(), "160615001002"), SECOND), "Test")
    put(ctx, {**TOWNS, "remove": ["160615001002"]}, None)
    assert get_set(ctx, "towns", FIRST).member_count == 2


def test_only_operators_write_sets(ctx: Context) -> None:
    for role in set(Role) - {Role.OPERATOR}:
        somebody = Actor.of("somebody", "organisation", role)
        with pytest.raises(Forbidden):
            put_set(ctx, somebody, "towns", TOWNS, None)
        with pytest.raises(Forbidden):
            import_sets(ctx, somebody, [], dry_run=True)


def test_nobody_unknown_writes_sets(ctx: Context) -> None:
    with pytest.raises(Unauthenticated):
        put_set(ctx, None, "towns", TOWNS, None)


def test_an_import_writes_all_rows_or_none(ctx: Context) -> None:
    rows = [{"id": "towns", **TOWNS}, {"id": "local", **LOCAL, "level": "village"}, {"name": "x"}]
    report = import_sets(ctx, OPERATOR, rows)
    assert [(row.row, row.outcome, row.id) for row in report.rows] == [
        (1, "accepted", "towns"),
        (2, "rejected", "local"),
        (3, "rejected", None),
    ]
    assert [error.field for error in report.rows[1].errors] == ["level"]
    assert list_sets(ctx) == []


def test_an_import_is_idempotent_and_a_dry_run_writes_nothing(ctx: Context) -> None:
    rows = [{"id": "towns", **TOWNS}, {"id": "local", **LOCAL}]
    assert import_sets(ctx, OPERATOR, rows, dry_run=True).accepted == 2
    assert list_sets(ctx) == []
    assert import_sets(ctx, OPERATOR, rows).accepted == 2
    again = import_sets(ctx, OPERATOR, [rows[0], {**rows[1], "name": "Anders"}])
    assert (again.unchanged, again.accepted) == (1, 1)
    assert [one.version for one in list_sets(ctx)] == [2, 1]


def test_a_set_may_stand_in_a_file_once(ctx: Context) -> None:
    report = import_sets(ctx, OPERATOR, [{"id": "towns", **TOWNS}, {"id": "towns", **LOCAL}])
    assert [row.outcome for row in report.rows] == ["accepted", "rejected"]


def test_a_region_that_gets_another_key_stays_added_or_removed(ctx: Context, clock: Clock) -> None:
    before, after = "160615001001", "160615077001"
    offices = {"name": "Stellen", "level": None, "add": [before], "reason": "x"}
    put(ctx, offices, None, "named-by-the-old-key")
    put(ctx, {**TOWNS, "remove": [before]}, None)
    clock.tick(hours=1)
    keys = {key: key.replace("160615001", "160615077") for key in ("160615001", before, "160615001002")}
    import_register(ctx, compact(rekeyed(land(), keys), SECOND), "Test")
    clock.tick(hours=1)
    put(ctx, {**offices, "add": [after]}, None, "named-by-the-new-key")
    for set_id in ("named-by-the-old-key", "named-by-the-new-key"):
        found = [get_set(ctx, set_id, day).members for day in (FIRST, SECOND)]
        assert [[one.key for one in members] for members in found] == [[before], [after]]
    left = [[one.name for one in get_set(ctx, "towns", day).members] for day in (FIRST, SECOND)]
    assert left == [["Kleinstadt, Stadt", "Unterdorf"]] * 2
