"""Two readings of the counting rules agree: the marketplace's and a second one written from the design alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from sqlalchemy import insert, select, update

from marketplace.actions import projection
from marketplace.actions.authority_sets import put_set
from marketplace.actions.context import Context
from marketplace.actions.figures import Figure
from marketplace.actions.register import import_register
from marketplace.actions.reuse import Reuse, reuse_of_service
from marketplace.domain.regions import RegionKind
from marketplace.domain.register import Register, RegisterRecord
from marketplace.domain.rule import Unit
from marketplace.exchange import register_seed
from marketplace.store import head, ledger
from marketplace.store.tables import AuthorityRow, RegionVersionRow, ServiceVersionRow
from tests import land
from tests.conftest import NOW, Clock
from tests.recount import CLASSES, LEAVES_OUT_DEVELOPING, Counts, Handed, Recount
from tests.recount_land import Export, Land
from tests.reform import confirm, file, row

# The rules over authorities; those over states are counted by hand in tests/unit/test_counting.py.
RULE_NAMES = tuple(LEAVES_OUT_DEVELOPING)
UNITS = (Unit.AUTHORITIES, Unit.POPULATION)
GROUPINGS = ("state", "district", "size_class")
EVENTS = 700
# What is counted is read from each database in the same way on any day; how days differ is decided without it.
EVERY_DAY, SOME_DAYS = 1, 3
SEEBERGEN, SECOND_REFORM = "091705101110", date(2026, 7, 1)
STATUSES = (
    "interested",
    "agreed",
    "connecting",
    "live",
    "live",
    "ended",
    "declined",
    "own_solution",
    "not_competent",
)
SERVICES = ("wohnsitz", "hundesteuer", "central", "ohne-land", "bezirke", "teil", "kreise")


def figure_of(counts: Counts, undefined: bool) -> dict[str, Any]:
    """Return a recounted group as the figure it must be."""
    denominator = sum(counts.classes.values())
    counted = counts.classes["counted"]
    nothing = undefined or counts.is_developing or denominator == 0
    possible = counted + counts.classes["unconfirmed"] + counts.classes["unknown"]
    return {
        "numerator": counted, "denominator": denominator,
        "rate": None if nothing else counted / denominator,
        "interval": None if nothing else (counted / denominator, possible / denominator),
        "classes": counts.classes, "excluded": counts.excluded, "entitled": counts.entitled, "live": counts.live,
        "live_own": counts.live_own, "contracted": counts.contracted,
    }  # fmt: skip


def shown(figure: Figure) -> dict[str, Any]:
    names = (
        "numerator", "denominator", "rate", "interval", "excluded", "entitled", "live", "live_own", "contracted",
    )  # fmt: skip
    return {name: getattr(figure, name) for name in names} | {"classes": dict(figure.classes)}


def compare(
    ctx: Context, services: tuple[str, ...], as_of: date, known_at: datetime, taken_over: set[str]
) -> Iterator[Reuse]:
    """Ask every rule by every grouping about some services at two times, compare the total and every group.

    Both units by turns: every rule meets every grouping in both over two services. Yields the answers. The services of which somebody takes over a status are added to ``taken_over``.
    """
    with ctx.database.reading() as session:
        export = Export.of(session)
    territory = Land(export, as_of, known_at)
    for number, service_id in enumerate(services):
        second = Recount(export, territory, service_id, as_of, known_at)
        if any(isinstance(outcome.word, Handed) for _, outcome in second.bodies or ()):
            taken_over.add(service_id)
        for turn, (rule, by) in enumerate(product(RULE_NAMES, GROUPINGS), number):
            unit = UNITS[turn % 2]
            answer = reuse_of_service(
                ctx, service_id, by=by, rule=rule, unit=unit, as_of=as_of, known_at=known_at
            )
            undefined = second.bodies is None or (second.lead_state is None and LEAVES_OUT_DEVELOPING[rule])
            counts = second.counts(rule, by, unit)
            expected = {name: figure_of(group, undefined) for name, group in counts.items()}
            found = {"total": shown(answer.total)} | {row.key: shown(row) for row in answer.rows}
            assert found == expected, (service_id, rule, by, unit, as_of, known_at)
            yield answer


def test_the_demo_counted_twice_gives_the_same_figures(seeded: Context) -> None:
    as_of, known_at = date(2026, 11, 22), NOW
    services = (
        "elektronische-wohnsitzanmeldung", "ehe-online", "digitale-baugenehmigung", "bundid", "personenstandsurkunden",
        "digitale-baugenehmigung-vereinfachtes-verfahren", "feststellung-schwerbehinderung",
    )  # fmt: skip
    answers = list(compare(seeded, services, as_of, known_at, set()))
    assert any(answer.total.numerator for answer in answers)


def records_of_a_reform() -> tuple[RegisterRecord, ...]:
    """Seeheim joins Seedorf, Bergstadt grows into the next size class."""
    kept = (record for record in land.RECORDS if record.key != land.SEEHEIM)
    grown = {land.SEEDORF: 5_100, land.BERGSTADT: 10_400}
    return tuple(replace(r, population=grown[r.key]) if r.key in grown else r for r in kept)


def records_of_a_second_reform() -> tuple[RegisterRecord, ...]:
    """Seedorf and Bergstadt are made into Seebergen, which stays in Seedorf's association."""
    gone = (land.SEEDORF, land.BERGSTADT, "091700103")
    kept = [record for record in records_of_a_reform() if record.key not in gone]
    kind = RegionKind.MUNICIPALITY
    return (*kept, RegisterRecord(kind, SEEBERGEN, "Seebergen", "63", None, "80000", 2000, 15_200))


def reform_twice(ctx: Context) -> None:
    """Two registers with a reform each; what became of the regions is decided, the second on a day of its own."""
    for day, records in (
        (date(2026, 3, 31), records_of_a_reform()),
        (date(2026, 8, 31), records_of_a_second_reform()),
    ):
        import_register(
            ctx, register_seed.write(Register(day, records), "a test's own").encode(), "a test's own"
        )
    decided = file(
        row(land.SEEHEIM, land.SEEDORF, on="2026-03-31"),
        row(land.SEEDORF, SEEBERGEN, on=SECOND_REFORM),
        row(land.BERGSTADT, SEEBERGEN, on=SECOND_REFORM),
    )
    assert confirm(ctx, decided).report.written


def settle_widely(ctx: Context) -> None:
    """Three registers, sets with exceptions and named authorities, services of every sort."""
    land.settle(ctx)
    reform_twice(ctx)
    with ctx.database.writing() as session:
        hamburg = session.scalar(
            select(RegionVersionRow.region_id).where(RegionVersionRow.key == land.HAMBURG).limit(1)
        )
        session.execute(
            insert(AuthorityRow),
            [
                {"key": f"HH-{name}", "name": f"Bezirksamt {name}", "kind": "borough", "region_id": hamburg}
                for name in ("Mitte", "Nord", "Wandsbek")
            ],
        )
    bezirke = {
        "name": "Bezirke", "level": "district", "states": {land.HAMBURG: None}, "reason": "a test's own",
        "add": ["HH-Mitte", "HH-Wandsbek", land.BERGSTADT], "remove": [land.NORDSTADT],
    }  # fmt: skip
    put_set(ctx, land.OPERATOR, "bezirke", bezirke, None)
    add = land.add_service
    add(ctx, "central", authority_set="municipalities", lead_state=land.HAMBURG, activation="central")
    add(ctx, "ohne-land", authority_set="local_administrations")
    add(ctx, "bezirke", authority_set="bezirke", lead_state=land.BAVARIA, activation="central")
    add(ctx, "teil", authority_set="municipalities", lead_state=land.HAMBURG, part_of="central")
    add(ctx, "kreise", authority_set="districts", lead_state=land.HAMBURG, partner_states=[land.BAVARIA])
    with ctx.database.writing() as session:
        # As one import publishes them: then all apply at every instant before.
        session.execute(update(ServiceVersionRow).values(published_at=ctx.clock()))


def random_events(ctx: Context, rng: Random) -> list[dict[str, Any]]:
    """Return a ledger without any sense: no step is judged, because reading must not depend on it.

    Seebergen says nothing of itself, and what it was made of agrees on two services just before.
    """
    with ctx.database.reading() as session:
        ids = list(session.scalars(select(AuthorityRow.id).order_by(AuthorityRow.id)))
        by_key = dict(
            session.execute(
                select(RegionVersionRow.key, AuthorityRow.id).join(
                    AuthorityRow, RegionVersionRow.region_id == AuthorityRow.region_id
                )
            ).all()
        )  # fmt: skip
    recorded_at = datetime(2024, 1, 1, tzinfo=UTC)
    uncorrected: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for number in range(1, EVENTS + 1):
        recorded_at += timedelta(hours=rng.choice((0, 1, 4, 9)))
        status = rng.choice(STATUSES)
        fields: dict[str, Any] = {
            "id": number, "service_id": rng.choice(("wohnsitz", "hundesteuer", "central", "ohne-land", "bezirke", "kreise")),
            "authority_id": rng.choice(ids), "scope": rng.choice(("own", "own", "own", "below")), "corrects": None,
        }  # fmt: skip
        if uncorrected and rng.random() < 0.25:
            corrected = uncorrected.pop(rng.randrange(len(uncorrected)))
            fields |= {name: corrected[name] for name in ("service_id", "authority_id", "scope")}
            fields["corrects"] = corrected["id"]
            status = rng.choice((*STATUSES, "void", "void", "void"))
        left_out = (
            rng.sample(ids, rng.randint(1, 3)) if fields["scope"] == "below" and rng.random() < 0.3 else None
        )
        fields |= {
            "authority_key": "", "status": status, "except_keys": None, "except_ids": left_out,
            "effective_on": date(2022, 1, 1) + timedelta(days=rng.randrange(1800)), "recorded_at": recorded_at,
            "asserted_by": rng.choice(("provider", "provider", "authority", "coordination", "register")),
            "proof": rng.choice(("none", "none", "none", "link", "contract", "usage")),
            "proof_until": date(2024, 1, 1) + timedelta(days=rng.randrange(1500)) if rng.random() < 0.3 else None,
            "reason": "a test's own" if status == "declined" else None, "actor": "a test",
            "parts": ["teil"] if fields["service_id"] == "central" and rng.random() < 0.4 else None,
        }  # fmt: skip
        if fields["authority_id"] == by_key[SEEBERGEN]:
            fields["scope"] = "below"
        events.append(fields)
        uncorrected.append(fields)
    for service_id in ("hundesteuer", "central"):
        for key in (land.SEEDORF, land.BERGSTADT):
            days = rng.randrange(1, 12)
            said = {
                "id": len(events) + 1, "service_id": service_id, "authority_id": by_key[key], "scope": "own",
                "corrects": None, "authority_key": key, "status": "live", "except_keys": None, "except_ids": None,
                "effective_on": SECOND_REFORM - timedelta(days=days), "recorded_at": recorded_at,
                "asserted_by": "authority", "proof": rng.choice(("none", "link")), "proof_until": None,
                "reason": None, "actor": "a test", "parts": None,
            }  # fmt: skip
            events.append(said)
    return events


def test_a_random_ledger_counted_twice_gives_the_same_figures(context: Context, clock: Clock) -> None:
    rng = Random(20261122)
    settle_widely(context)
    events = random_events(context, rng)
    with context.database.writing() as session:
        held = head.lock(session)
        recorded_at = head.advance(session, held, clock.now, events=len(events))
        ledger.append(session, events)
        projection.follow_structure(session, projection.moment(held, recorded_at))
    clock.tick(hours=1)
    seen = dict.fromkeys(CLASSES, 0)
    taken_over: set[str] = set()
    days = [date(2026, 11, 22), date(2026, 3, 30), date(2026, 3, 31), date(2023, 1, 1)]
    days += [SECOND_REFORM - timedelta(days=1), SECOND_REFORM]
    live = [e for e in events if e["status"] == "live"]
    days += [rng.choice(live)["effective_on"] + timedelta(days=n) for n in (730, 731)]
    days += [rng.choice([e for e in live if e["proof_until"]])["proof_until"] for _ in range(2)]
    step = EVERY_DAY if context.database.is_sqlite else SOME_DAYS
    for number, as_of in list(enumerate(days))[::step]:
        earlier = rng.choice(events)["recorded_at"] - timedelta(seconds=rng.randrange(2))
        for answer in compare(context, SERVICES, as_of, earlier if number % 2 else clock.now, taken_over):
            for name, count in answer.total.classes.items():
                seen[name] += count or 0
    assert all(seen.values()), seen
    assert taken_over
