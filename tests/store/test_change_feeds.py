"""What a feed holds is found without reading the adoptions, which are many times as many."""

from typing import Any

from sqlalchemy import event

from marketplace.actions.context import Context
from marketplace.domain.change import ChangeKind, NewChange, ObjectKind
from marketplace.store import change_feeds, changes
from marketplace.store.change_feeds import ChangeFilter
from marketplace.store.service_lists import ServiceQuery
from tests import land

NEW = ChangeFilter(entries=ServiceQuery(theme_field=("bildung",)))


def plans(ctx: Context, wanted: ChangeFilter) -> list[str]:
    """Return how SQLite answers each statement that a page of a feed takes."""
    asked: list[tuple[str, Any]] = []
    with ctx.database.reading() as session:
        connection = session.connection()
        event.listen(
            connection, "before_cursor_execute", lambda _c, _k, sql, given, *_: asked.append((sql, given))
        )
        change_feeds.page(session, wanted, 100, 51)
        explained = "EXPLAIN QUERY PLAN " if ctx.database.is_sqlite else "EXPLAIN "
        return [
            " ".join(str(row) for row in connection.exec_driver_sql(explained + sql, given))
            for sql, given in list(asked)
        ]


def test_a_filtered_list_is_served_by_the_index_of_entries(context: Context) -> None:
    (plan,) = plans(context, NEW)
    if context.database.is_sqlite:
        assert "ix_change_of_entry" in plan, plan


def test_what_all_authorities_did_is_read_in_the_order_of_changes_without_their_events(
    context: Context,
) -> None:
    (plan,) = plans(context, ChangeFilter(recorded=True, needs_in="", reforms_in=[""]))
    assert "adoption_event" not in plan
    if context.database.is_sqlite:
        assert "(position<?)" in plan, plan
        assert "TEMP B-TREE" not in plan, plan


def test_changes_that_nobody_can_read_of_are_passed_over(context: Context) -> None:
    land.settle(context)
    revised = [
        NewChange(
            ChangeKind.SERVICE_REVISED, ObjectKind.SERVICE, "wohnsitz",
            {"name": "Wohnsitz", "version": 2, "fields": ["name"] if number % 3 == 0 else [], "restricted": ["prices"]},
        )
        for number in range(12)
    ]  # fmt: skip
    with context.database.writing() as session:
        changes.append(session, revised, context.clock())
    about = ChangeFilter(about=[(ObjectKind.SERVICE, "wohnsitz")])
    with context.database.reading() as session:
        for limit in (1, 2, 50):
            found = [one.position for one in change_feeds.page(session, about, 100, limit)]
            assert found == [12, 9, 6, 3, 1][:limit]
        assert [one.position for one in change_feeds.page(session, about, 9, 50)] == [6, 3, 1]


def test_that_a_record_turns_stale_soon_is_for_no_reader_of_a_feed(context: Context) -> None:
    land.settle(context)
    soon = NewChange(
        ChangeKind.RECORD_STALE_SOON, ObjectKind.SERVICE, "wohnsitz", {"name": "Wohnsitz"}, key="stale:1"
    )
    with context.database.writing() as session:
        changes.append(session, [soon], context.clock())
    with context.database.reading() as session:
        about = ChangeFilter(about=[(ObjectKind.SERVICE, "wohnsitz")])
        assert [str(one.kind) for one in change_feeds.page(session, about, 100, 50)] == ["service.published"]
