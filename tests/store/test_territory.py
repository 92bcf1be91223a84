"""Which territory a day has, as known at an instant."""

from datetime import date, timedelta

from sqlalchemy import insert, select, update

from marketplace.actions.context import Context
from marketplace.actions.register import import_register
from marketplace.store.authorities import named_authorities
from marketplace.store.tables import AuthorityRow, RegionVersionRow, SuccessionRow
from marketplace.store.territory import KEPT_TERRITORIES, first_territory_on, territory_at, territory_dates
from tests.conftest import NOW, Clock
from tests.registers import FIRST, SECOND, THIRD, compact, land, rekeyed, renamed

DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=1)


def two_registers(context: Context, clock: Clock) -> None:
    """The first register known at NOW, the second, with a new name, an hour later."""
    import_register(context, compact(land()), "Test")
    clock.tick(hours=1)
    import_register(context, compact(renamed(land(), {"16061": "Eichsfeldkreis"}), SECOND), "Test")


def name_of(context: Context, as_of: date, known_at: object = LATER) -> tuple[date | None, str]:
    assert known_at in (LATER, NOW, NOW - DAY)
    with context.database.reading() as session:
        found = territory_at(
            session, as_of, LATER if known_at is LATER else NOW if known_at is NOW else NOW - DAY
        )
    return found.on, found.by_key["16061"].name


def test_without_a_register_there_is_no_territory(context: Context) -> None:
    with context.database.reading() as session:
        found = territory_at(session, FIRST, NOW)
        assert (found.on, list(found), territory_dates(session)) == (None, [], [])
        assert first_territory_on(session) is None


def test_a_register_rules_from_its_day_to_the_next(context: Context, clock: Clock) -> None:
    two_registers(context, clock)
    assert name_of(context, FIRST) == (FIRST, "Eichsfeld")
    assert name_of(context, SECOND - DAY) == (FIRST, "Eichsfeld")
    assert name_of(context, SECOND) == (SECOND, "Eichsfeldkreis")
    assert name_of(context, SECOND + 900 * DAY) == (SECOND, "Eichsfeldkreis")
    with context.database.reading() as session:
        assert territory_dates(session) == [FIRST, SECOND]
        assert first_territory_on(session) == FIRST


def test_before_the_first_register_its_territory_is_used(context: Context, clock: Clock) -> None:
    two_registers(context, clock)
    assert name_of(context, date(2015, 1, 1)) == (FIRST, "Eichsfeld")


def test_what_was_not_known_yet_does_not_count(context: Context, clock: Clock) -> None:
    two_registers(context, clock)
    assert name_of(context, SECOND, NOW) == (FIRST, "Eichsfeld")


def test_before_the_first_recording_the_first_applies(context: Context, clock: Clock) -> None:
    two_registers(context, clock)
    assert name_of(context, SECOND, NOW - DAY) == (FIRST, "Eichsfeld")


def test_a_territory_is_loaded_once(context: Context, clock: Clock) -> None:
    two_registers(context, clock)
    with context.database.reading() as session:
        first = territory_at(session, SECOND, LATER)
    with context.database.reading() as session:
        assert territory_at(session, THIRD, LATER + DAY) is first
        assert territory_at(session, FIRST, LATER) is not first


def test_a_new_recording_is_seen_at_once(context: Context, clock: Clock) -> None:
    import_register(context, compact(land()), "Test")
    assert name_of(context, SECOND) == (FIRST, "Eichsfeld")
    clock.tick(minutes=1)
    import_register(context, compact(renamed(land(), {"16061": "Neu"}), SECOND), "Test")
    assert name_of(context, SECOND) == (SECOND, "Neu")


def test_what_is_kept_is_bounded(context: Context, clock: Clock) -> None:
    days = [FIRST + number * DAY for number in range(KEPT_TERRITORIES + 2)]
    for day in days:
        import_register(context, compact(land(), day), "Test")
    with context.database.reading() as session:
        oldest = territory_at(session, days[0], clock.now + DAY)
        for day in days:
            territory_at(session, day, clock.now + DAY)
        assert territory_at(session, days[0], clock.now + DAY) is not oldest


def test_a_succession_with_a_day_of_its_own_moves_the_border(context: Context, clock: Clock) -> None:
    two_registers(context, clock)
    clock.tick(hours=1)
    moved = date(2024, 7, 1)
    v = RegionVersionRow
    with context.database.writing() as session:
        rows = session.execute(
            select(v).where(v.key == "16061", v.superseded_at.is_(None)).order_by(v.valid_from)
        ).scalars().all()  # fmt: skip
        session.execute(update(v).where(v.id.in_([row.id for row in rows])).values(superseded_at=clock.now))
        copied = [c.name for c in v.__table__.columns if c.name not in ("id", "recorded_at", "superseded_at")]
        before, after = ({name: getattr(row, name) for name in copied} for row in rows)
        session.execute(
            insert(v),
            [
                {**before, "valid_to": moved, "recorded_at": clock.now},
                {**after, "valid_from": moved, "recorded_at": clock.now},
            ],
        )
        session.execute(
            insert(SuccessionRow).values(
                predecessor_id=rows[0].region_id, successor_id=rows[0].region_id, kind="merged",
                effective_on=moved, source="Test", recorded_at=clock.now,
            )
        )  # fmt: skip
    with context.database.reading() as session:
        found = territory_at(session, date(2024, 8, 1), clock.now)
        assert (found.on, found.by_key["16061"].name) == (moved, "Eichsfeldkreis")
        assert territory_at(session, moved - DAY, clock.now).by_key["16061"].name == "Eichsfeld"
        assert territory_at(session, date(2024, 8, 1), LATER).by_key["16061"].name == "Eichsfeld"


def test_a_named_authority_lies_in_the_region_by_its_key_of_the_day(context: Context, clock: Clock) -> None:
    import_register(context, compact(land()), "Test")
    clock.tick(hours=1)
    keys = {
        key: key.replace("160615001", "160615077") for key in ("160615001", "160615001001", "160615001002")
    }
    import_register(context, compact(rekeyed(land(), keys), SECOND), "Test")
    with context.database.writing() as session:
        region_id = session.scalar(
            select(RegionVersionRow.region_id).where(RegionVersionRow.key == "160615001001").limit(1)
        )
        session.execute(
            insert(AuthorityRow).values(
                region_id=region_id, key="zv-wasser", name="Zweckverband", kind="zweckverband"
            )
        )
    with context.database.reading() as session:
        then = territory_at(session, FIRST, LATER)
        assert [one.region_key for one in named_authorities(session, then)] == ["160615001001"]
        assert [one.region_key for one in named_authorities(session)] == ["160615077001"]
