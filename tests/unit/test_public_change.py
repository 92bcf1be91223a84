"""Contacts and prices leave no trace in what everybody reads of a change."""

from datetime import UTC, datetime
from typing import Any

from marketplace.domain.change import Change, ChangeKind, ObjectKind
from marketplace.domain.public_change import is_for_readers, public_content


def revised(kind: ChangeKind = ChangeKind.SERVICE_REVISED, **content: Any) -> Change:
    return Change(1, datetime(2026, 11, 22, tzinfo=UTC), kind, ObjectKind.SERVICE, "wohnsitz", content)


def test_a_new_price_is_not_told_not_even_as_weighty() -> None:
    change = revised(name="Wohnsitz", fields=["summary"], restricted=["prices"], weighty=True)
    assert public_content(change) == {"name": "Wohnsitz", "fields": ["summary"], "weighty": False}


def test_a_new_offer_is_weighty_for_everybody() -> None:
    change = revised(
        ChangeKind.OFFER_ADDED, fields=["offers"], restricted=[], offers=["direkt"], weighty=True
    )
    assert public_content(change)["weighty"] is True


def test_what_changed_for_members_alone_is_nothing_to_read() -> None:
    assert not is_for_readers(revised(fields=[], restricted=["contacts"]))
    assert is_for_readers(revised(fields=["name"], restricted=["contacts"]))


def test_other_changes_are_told_as_they_are() -> None:
    content = {"name": "Wohnsitz", "on": "2027-01-01", "weighty": True}
    change = revised(ChangeKind.SERVICE_WITHDRAWN, **content)
    assert public_content(change) == content
    assert is_for_readers(change)
