"""Importing registers: dated versions of identities, recorded under the ledger lock, all or nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from marketplace.actions.context import Context
from marketplace.actions.register import RegisterSummary, import_register, list_registers
from marketplace.errors import Conflict, InvalidInput
from marketplace.store import head
from marketplace.store.tables import AuthorityRow, RegionRow, RegionVersionRow, RegisterRow
from tests.registers import (
    FIRST,
    SECOND,
    THIRD,
    compact,
    gv100ad,
    land,
    rekeyed,
    renamed,
    town,
    without,
)


def count(ctx: Context, table: Any) -> int:
    with ctx.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def history(ctx: Context, key: str) -> list[tuple[Any, ...]]:
    """All rows of a key in the order of recording: from, to, name, whether believed."""
    v = RegionVersionRow
    with ctx.database.reading() as session:
        rows = session.execute(
            select(v.valid_from, v.valid_to, v.name, v.superseded_at.is_(None))
            .where(v.key == key)
            .order_by(v.recorded_at, v.valid_from)
        )
        return [(*row[:3], bool(row[3])) for row in rows]


def changes(summary: RegisterSummary) -> dict[str, int]:
    names = ("new", "changed", "renamed", "rekeyed", "ended")
    return {name: number for name in names if (number := getattr(summary, name))}


def test_a_first_register_makes_regions_from_its_day_on(context: Context) -> None:
    summary = import_register(context, gv100ad(land()), "GV100AD")
    assert (summary.territory_on, summary.records, changes(summary)) == (FIRST, 11, {"new": 11})
    assert history(context, "160615001001") == [(FIRST, None, "Oberdorf", True)]
    assert count(context, RegionRow) == 12  # the records and the federation


def test_whoever_has_an_administration_is_an_authority(context: Context) -> None:
    import_register(context, gv100ad(land()), "GV100AD")
    with context.database.reading() as session:
        keys = session.scalars(
            select(RegionVersionRow.key)
            .join(AuthorityRow, AuthorityRow.region_id == RegionVersionRow.region_id)
            .order_by(RegionVersionRow.key)
        ).all()
    assert keys == ["00", "16", "16061", "160610003003", "160615001", "160615001001", "160615001002"]


def test_an_area_that_becomes_a_municipality_becomes_an_authority(context: Context) -> None:
    import_register(context, compact(land()), "Test")
    before = count(context, AuthorityRow)
    inhabited = [replace(r, text_code="64") if r.key == "160619004004" else r for r in land()]
    import_register(context, compact(inhabited, SECOND), "Test")
    assert count(context, AuthorityRow) == before + 1


@pytest.mark.parametrize("write", [gv100ad, compact], ids=["GV100AD", "compact form"])
def test_a_register_imported_before_changes_nothing(context: Context, write: Callable[..., bytes]) -> None:
    import_register(context, gv100ad(land()), "GV100AD")
    with context.database.reading() as session:
        recorded = head.head(session)
    summary = import_register(context, write(land()), "again")
    assert (changes(summary), summary.unchanged) == ({}, 11)
    with context.database.reading() as session:
        assert head.head(session) == recorded
    assert len(list_registers(context)) == 1


def test_a_register_imported_before_changes_nothing_after_a_later_one_too(context: Context) -> None:
    for on in (FIRST, SECOND):
        import_register(context, compact(land(), on), "Test")
    summary = import_register(context, compact(land(), FIRST), "Test")
    assert (summary.territory_on, changes(summary)) == (FIRST, {})


def test_another_content_for_the_same_day_is_refused(context: Context) -> None:
    import_register(context, gv100ad(land()), "GV100AD")
    with pytest.raises(InvalidInput, match="2023-11-30 with another content"):
        import_register(context, gv100ad(renamed(land(), {"16": "Anderswo"})), "GV100AD")


def test_an_older_register_is_refused_with_both_dates(context: Context) -> None:
    import_register(context, compact(land(), SECOND), "Test")
    with pytest.raises(Conflict, match=r"2023-11-30.*2025-08-31"):
        import_register(context, compact(land()), "Test")


def test_a_later_register_closes_versions_and_keeps_what_was_believed(context: Context) -> None:
    import_register(context, compact(land()), "Test")
    import_register(context, compact(renamed(land(), {"160615001001": "Bad Oberdorf"}), SECOND), "Test")
    assert history(context, "160615001001") == [
        (FIRST, None, "Oberdorf", False),
        (FIRST, SECOND, "Oberdorf", True),
        (SECOND, None, "Bad Oberdorf", True),
    ]
    assert history(context, "160615001002") == [(FIRST, None, "Unterdorf", True)]


def test_an_identity_outlives_its_keys_and_ends_with_its_region(context: Context) -> None:
    import_register(context, compact(land()), "Test")
    keys = {
        key: key.replace("160615001", "160615077") for key in ("160615001", "160615001001", "160615001002")
    }
    summary = import_register(context, compact(rekeyed(land(), keys), SECOND), "Test")
    assert changes(summary) == {"rekeyed": 3}
    with context.database.reading() as session:
        same = session.scalars(
            select(RegionVersionRow.region_id)
            .where(RegionVersionRow.ags == "16061001", RegionVersionRow.superseded_at.is_(None))
            .distinct()
        ).all()
    assert len(same) == 1
    later = [
        *without(rekeyed(land(), keys), "160615077002"),
    ]
    summary = import_register(context, compact(later, THIRD), "Test")
    assert summary.counts_by_kind["municipality"].ended == 1
    assert history(context, "160615077002")[-1] == (SECOND, THIRD, "Unterdorf", True)


def test_recordings_rise_strictly_even_when_the_clock_stands(context: Context) -> None:
    for on in (FIRST, SECOND, THIRD):
        import_register(context, compact(land(), on), "Test")
    instants = [one.recorded_at for one in list_registers(context)]
    assert instants == sorted(set(instants))
    assert instants[-1] - instants[0] == timedelta(microseconds=2)


def test_a_dry_run_says_the_same_and_writes_nothing(context: Context) -> None:
    dry = import_register(context, compact(land()), "Test", dry_run=True)
    assert count(context, RegisterRow) == count(context, RegionRow) == 0
    wet = import_register(context, compact(land()), "Test")
    assert replace(dry, dry_run=False) == wet


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (gv100ad(without(land(), "16061"), SECOND), "line 2, key"),
        (gv100ad([*land(), town("160615001001", "Oberdorf")], SECOND), "line 12, key"),
        (gv100ad(land(), SECOND)[:-30], "line 11, length"),
        (gv100ad([], SECOND), "file"),
    ],
    ids=["hangs nowhere", "twice", "truncated", "empty"],
)
def test_a_broken_register_is_refused_and_nothing_is_written(
    context: Context, data: bytes, field: str
) -> None:
    import_register(context, compact(land()), "Test")
    before = count(context, RegionVersionRow)
    with pytest.raises(InvalidInput) as caught:
        import_register(context, data, "Test")
    assert caught.value.errors[0].field == field
    assert count(context, RegionVersionRow) == before
    assert len(list_registers(context)) == 1


def test_a_register_without_a_known_state_is_not_the_whole_one(context: Context) -> None:
    other = [replace(r, key="15" + r.key[2:]) for r in land()]
    import_register(context, compact([*land(), *other]), "Test")
    with pytest.raises(InvalidInput, match="15 Thüringen"):
        import_register(context, compact(land(), SECOND), "Test")
    assert len(list_registers(context)) == 1


def test_progress_ends_with_all_that_is_written(context: Context) -> None:
    seen: list[tuple[int, int]] = []
    import_register(context, compact(land()), "Test", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (12, 12)


def test_a_register_needs_a_source(context: Context) -> None:
    for source in ("", " ", "x" * 301):
        with pytest.raises(InvalidInput) as caught:
            import_register(context, gv100ad(land()), source)
        assert caught.value.errors[0].field == "source"
