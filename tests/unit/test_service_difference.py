"""What changed between two versions, and the steps of an entry's life."""

from dataclasses import replace
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.lifecycle import EntryStatus, Step, step_refusal
from marketplace.domain.revision import Revision
from marketplace.domain.service import Service
from marketplace.domain.service_difference import MAX_COMPARISONS, Mark, changes, marked_words
from marketplace.domain.service_json import service_as_dict, service_from_dict
from marketplace.domain.service_rules import read_service
from tests.shelf import entry

WORDS = st.text(alphabet="ab ä-.\n", max_size=40)


def service(**fields: Any) -> Service:
    return read_service("ehe-online", entry(**fields))


@given(WORDS, WORDS)
def test_the_marked_words_hold_both_texts(old: str, new: str) -> None:
    runs = marked_words(old, new)
    assert "".join(text for mark, text in runs if mark is not Mark.NEW) == old
    assert "".join(text for mark, text in runs if mark is not Mark.GONE) == new
    assert all(text for _, text in runs)


def test_a_changed_word_is_marked_and_its_neighbours_are_not() -> None:
    assert marked_words("Das Amt prüft die Angaben.", "Das Standesamt prüft alle Angaben.") == (
        (Mark.SAME, "Das "), (Mark.GONE, "Amt "), (Mark.NEW, "Standesamt "), (Mark.SAME, "prüft "),
        (Mark.GONE, "die "), (Mark.NEW, "alle "), (Mark.SAME, "Angaben."),
    )  # fmt: skip


def test_long_texts_are_compared_in_bounded_time() -> None:
    old = " ".join(f"wort{number} der die das" for number in range(400))
    new = " ".join(f"wort{number * 2} das die der" for number in range(400))
    begun = perf_counter()
    assert any(mark is Mark.SAME for mark, _ in marked_words(old, new[: len(new) // 4]))
    assert perf_counter() - begun < 1
    assert len(old.split()) * len(new.split()) > MAX_COMPARISONS
    assert marked_words(old, new) == (
        (Mark.SAME, "wort0 "), (Mark.GONE, old.removeprefix("wort0 ")), (Mark.NEW, new.removeprefix("wort0 ")),
    )  # fmt: skip


def test_fields_are_told_one_by_one_in_the_order_of_the_form() -> None:
    old = service(lead_state="02", ozg_ids=["10026"], maturity={"model": "1.1", "level": 3})
    new = service(name="Ehe neu", ozg_ids=["10026", "10000"], offers=[{"id": "fit", "route": "fit_store"}])
    told = {one.field: (one.old, one.new) for one in changes(old, new)}
    assert list(told) == ["name", "lead_state", "ozg_ids", "maturity", "offers"]
    assert told["ozg_ids"] == ("10026", "10026\n10000")
    assert told["maturity"] == ("model: 1.1; level: 3", "")
    assert told["offers"] == ("", "id: fit; route: fit_store")


def test_what_the_server_keeps_is_no_change() -> None:
    old = service()
    assert changes(old, replace(old, version=7, status=EntryStatus.WITHDRAWN)) == []
    assert [one.field for one in changes(None, old)] == [
        "name", "summary", "description", "kind", "activation", "publisher", "sources",
    ]  # fmt: skip


def test_an_entry_is_read_back_as_it_was_kept() -> None:
    whole = service(
        lead_state="02", partner_states=["04"], theme_field="familie-kind", stage="pilot", origin="efa",
        maturity={"model": "2.0", "level": 7}, available_from="2025-01-31", requires=["bezahlen"], words=["Heiraten"],
        offers=[{"id": "fit", "route": "fit_store", "price": "5 €", "price_source": "Preisblatt"}],
        contacts=[{"name": "Team Ehe", "email": "ehe@example.org"}],
    )  # fmt: skip
    assert service_from_dict(service_as_dict(whole)) == whole


def test_what_was_kept_before_entries_had_words_is_read_without_any() -> None:
    whole = service(words=["Heiraten"])
    kept = service_as_dict(whole)
    del kept["words"]
    assert service_from_dict(kept) == replace(whole, words=())
    assert [(one.field, one.old, one.new) for one in changes(service_from_dict(kept), whole)] == [
        ("words", "", "Heiraten")
    ]


def test_the_tag_is_of_what_was_written_and_nothing_else() -> None:
    revision = Revision(service=service(), base_version=3)
    assert revision.tag == replace(revision, note="Bitte").tag
    assert revision.tag == replace(revision, service=replace(revision.service, version=9)).tag
    for other in (
        replace(revision, base_version=4),
        replace(revision, service=service(name="Neu")),
        replace(revision, service=replace(revision.service, status=EntryStatus.IN_REVIEW)),
    ):
        assert other.tag != revision.tag


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", EntryStatus)
def test_each_step_is_taken_from_one_state(step: Step, state: EntryStatus) -> None:
    allowed = {
        Step.WRITE: {EntryStatus.DRAFT, EntryStatus.PUBLISHED, EntryStatus.WITHDRAWN},
        Step.SUBMIT: {EntryStatus.DRAFT},
        Step.RETURN: {EntryStatus.IN_REVIEW},
        Step.APPROVE: {EntryStatus.IN_REVIEW},
    }
    assert (step_refusal(step, state) is None) == (state in allowed[step])
