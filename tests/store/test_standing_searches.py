"""Saved searches: who follows one is told of entries that it finds, and once when it finds nothing any more."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, event

from marketplace.actions.context import Context
from marketplace.actions.invalid_subscriptions import judge_subscriptions
from marketplace.actions.recording import record_events
from marketplace.actions.service_writing import patch_service
from marketplace.actions.withdrawing import withdraw, withdraw_due
from marketplace.domain.access import Role
from marketplace.domain.followed import digest_of
from marketplace.domain.subscription import FollowedKind
from marketplace.notify.catalogues import translator
from marketplace.notify.wording import word
from marketplace.store import subscriptions
from marketplace.store.tables import ThemeFieldRow
from tests import land
from tests.conftest import Clock
from tests.following import follow, inbox, kinds_in, tell
from tests.members import add_person


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    land.add_theme_field(context, "umwelt", "Umwelt")
    for person in ("anna", "karl"):
        add_person(context, person, "authority", Role.AUTHORITY)
    tell(context)
    return context


def follow_search(ctx: Context, q: str = "", *, organisation: str | None = None, **more: Any) -> str:
    detail = {
        "q": q, "in": "services", "filters": {}, "region": None, "live_here": False, "verbatim": False,
    } | more  # fmt: skip
    person = None if organisation else "anna"
    return follow(
        ctx, FollowedKind.SEARCH, digest_of(detail), person=person, organisation=organisation, detail=detail
    )


def told(ctx: Context, person: str = "anna") -> list[str]:
    tell(ctx)
    return kinds_in(inbox(ctx, person))


def test_a_new_entry_reaches_who_searches_for_such_a_one_in_other_words_too(ctx: Context) -> None:
    follow_search(ctx, "Jagdscheine online beantragen")
    follow_search(ctx, "Fischerei")
    land.add_service(ctx, "jagdschein")
    assert told(ctx) == ["service.published jagdschein"]
    (message,) = inbox(ctx, "anna")
    assert message.subscription_id is not None


def test_a_word_that_no_entry_had_before_is_no_misspelling_once_one_has_it(ctx: Context) -> None:
    follow_search(ctx, "Quastenflosser")
    assert told(ctx) == []
    land.add_service(ctx, "quastenflosser")
    assert told(ctx) == ["service.published quastenflosser"]


def test_all_filters_are_heeded(ctx: Context) -> None:
    follow_search(ctx, "jagdschein", filters={"lead_state": ["02"], "theme_field": ["umwelt"]})
    land.add_service(ctx, "jagdschein", lead_state=land.BAVARIA, theme_field="umwelt")
    land.add_service(ctx, "jagdschein-nord", lead_state=land.HAMBURG)
    assert told(ctx) == []
    land.add_service(ctx, "jagdschein-hamburg", lead_state=land.HAMBURG, theme_field="umwelt")
    assert told(ctx) == ["service.published jagdschein-hamburg"]


def test_a_search_for_what_is_live_somewhere_is_met_by_what_is_live_there(ctx: Context) -> None:
    follow_search(ctx, region=land.SEEDORF, live_here=True)
    follow_search(ctx, "hundesteuer AGS 09170102")
    patch_service(ctx, land.OPERATOR, "hundesteuer", {"summary": "Hunde anmelden."}, "*")
    assert told(ctx) == []
    live = {
        "service_id": "hundesteuer",
        "authority_key": land.SEEDORF,
        "status": "live",
        "effective_on": "2026-06-01",
    }
    assert record_events(ctx, land.OPERATOR, [live]).written
    patch_service(ctx, land.OPERATOR, "hundesteuer", {"summary": "Hunde an- und abmelden."}, "*")
    patch_service(ctx, land.OPERATOR, "wohnsitz", {"summary": "Wohnsitz anmelden."}, "*")
    assert told(ctx) == ["service.revised hundesteuer"]


def test_a_search_for_procedures_is_met_by_a_service_that_puts_one_online(ctx: Context) -> None:
    land.add_procedure(ctx, "99010001000000", "Jagdschein Erteilung")
    follow_search(ctx, "Jagdschein", **{"in": "procedures"})
    land.add_service(ctx, "waidmann")
    assert told(ctx) == []
    land.add_service(ctx, "revier", leika_keys=["99010001000000"])
    assert told(ctx) == ["service.published revier"]


def test_of_the_end_of_an_entry_who_searches_for_it_is_told_as_it_stood_before(ctx: Context) -> None:
    follow_search(ctx, "Hundesteuer")
    withdraw(ctx, land.PUBLISHER, "hundesteuer", date(2026, 11, 22), "Läuft aus.", None)
    withdraw_due(ctx)
    assert told(ctx) == ["service.withdrawn hundesteuer"]


def test_one_message_however_many_searches_of_a_person_and_their_organisation_are_met(ctx: Context) -> None:
    follow_search(ctx, "Jagdschein")
    follow_search(ctx, "Jagdscheine")
    follow_search(ctx, "Jagdschein", organisation="authority")
    follow(ctx, FollowedKind.PUBLISHER, "provider", person="anna")
    land.add_service(ctx, "jagdschein")
    assert told(ctx) == ["service.published jagdschein"]
    assert told(ctx, "karl") == ["service.published jagdschein"]


def test_a_search_that_is_not_valid_any_more_is_told_once_and_meets_nothing(
    ctx: Context, clock: Clock
) -> None:
    asked = follow_search(ctx, "hunde", filters={"theme_field": ["umwelt"]})
    follow_search(ctx, "hunde", region="099999", live_here=True, organisation="authority")
    follow_search(ctx, "hunde")
    with ctx.database.writing() as session:
        session.execute(delete(ThemeFieldRow).where(ThemeFieldRow.id == "umwelt"))
    clock.tick(minutes=1)
    land.add_theme_field(ctx, "wald", "Wald")
    land.add_service(ctx, "jagdhunde")
    assert told(ctx) == ["service.published jagdhunde"]
    assert judge_subscriptions(ctx) == 3
    assert judge_subscriptions(ctx) == 0
    of_region, of_field = sorted(inbox(ctx, "anna")[1:], key=lambda one: str(one.content["what"]))
    assert (of_field.subscription_id, of_field.content["value"]) == (asked, "umwelt")
    assert (
        word(of_field, translator("de"), "https://markt.example").title
        == "Ihr Abonnement trifft nichts mehr: hunde"
    )
    assert (of_region.organisation_id, of_region.content["what"]) == ("authority", "region")
    with ctx.database.reading() as session:
        found = subscriptions.subscription(session, asked)
    assert found is not None
    assert found.invalid_reason == "there is no theme_field 'umwelt' any more"


def test_a_search_that_is_valid_again_is_met_again(ctx: Context, clock: Clock) -> None:
    asked = follow_search(ctx, "hunde", filters={"theme_field": ["wald"]})
    assert judge_subscriptions(ctx) == 1
    land.add_theme_field(ctx, "wald", "Wald")
    land.add_service(ctx, "huetehunde")
    clock.tick(days=1)
    assert judge_subscriptions(ctx) == 0
    with ctx.database.reading() as session:
        found = subscriptions.subscription(session, asked)
    assert found is not None
    assert found.invalid_reason is None
    land.add_service(ctx, "jagdhunde", theme_field="wald")
    assert "service.published jagdhunde" in told(ctx)


def test_a_figure_of_a_service_that_was_withdrawn_is_told_to_be_over(ctx: Context) -> None:
    detail = {
        "rule": "reuse-rate", "service": "hundesteuer", "state": None, "unit": "authorities", "threshold": 0.5,
        "monthly": False,
    }  # fmt: skip
    follow(ctx, FollowedKind.FIGURE, digest_of(detail), person="anna", detail=detail)
    withdraw(ctx, land.PUBLISHER, "hundesteuer", date(2026, 11, 22), "Läuft aus.", None)
    withdraw_due(ctx)
    assert judge_subscriptions(ctx) == 1
    assert told(ctx) == ["subscription.invalid " + digest_of(detail)]


def test_changes_that_no_search_is_told_of_read_no_saved_search(ctx: Context) -> None:
    follow_search(ctx, "hunde")
    asked: list[str] = []
    live = {
        "service_id": "hundesteuer",
        "authority_key": land.SEEDORF,
        "status": "live",
        "effective_on": "2026-06-01",
    }
    assert record_events(ctx, land.OPERATOR, [live]).written

    def note(_connection: Any, _cursor: Any, _statement: str, parameters: Any, *_: Any) -> None:
        asked.append(repr(parameters))

    event.listen(ctx.database.engine, "before_cursor_execute", note)
    tell(ctx)
    event.remove(ctx.database.engine, "before_cursor_execute", note)
    assert asked
    assert not any("'search'" in one for one in asked)
