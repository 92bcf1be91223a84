"""What a publisher is reminded of: facts that lack, and facts that nobody confirmed for a year."""

from datetime import UTC, date, datetime

from marketplace.domain.entry_facts import FACTS_ASKED_FOR, facts_lacking, is_old, last_held
from marketplace.domain.service import Service, ServiceKind

WRITTEN = datetime(2025, 11, 20, 9, tzinfo=UTC)


def test_a_bare_entry_lacks_every_fact_that_readers_ask_for() -> None:
    bare = Service(id="x", name="X", summary="", description="", kind=ServiceKind.ONLINE_SERVICE)
    assert facts_lacking(bare) == FACTS_ASKED_FOR
    led = Service(
        id="x",
        name="X",
        summary="",
        description="",
        kind=ServiceKind.ONLINE_SERVICE,
        lead_state="02",
        url="https://x/",
    )
    assert set(FACTS_ASKED_FOR) - set(facts_lacking(led)) == {"lead_state", "url"}


def test_facts_grow_old_after_a_year_without_a_word() -> None:
    assert not is_old(None, WRITTEN, date(2026, 11, 20))
    assert is_old(None, WRITTEN, date(2026, 11, 21))


def test_a_confirmation_or_a_change_makes_them_new() -> None:
    confirmed = datetime(2026, 6, 1, tzinfo=UTC)
    assert not is_old(confirmed, WRITTEN, date(2026, 11, 30))
    assert last_held(confirmed, WRITTEN) == confirmed
    assert last_held(WRITTEN, confirmed) == confirmed
