"""The EfA self-check: what counts of what, and which answers are none."""

from datetime import UTC, datetime
from typing import Any

import pytest

from marketplace.domain.self_check import (
    Answered,
    Evidence,
    Given,
    Level,
    Requirement,
    RequirementList,
    Verdict,
    read_answers,
    self_check_of,
)
from marketplace.errors import InvalidInput
from marketplace.exchange.requirement_rows import requirement_lists

WHEN = datetime(2026, 11, 22, 9, tzinfo=UTC)


def requirement(name: str, level: Level) -> Requirement:
    return Requirement(name, level, Evidence.SEEN, name, name, "", "", "https://example.org/", "2026-11")


OLD = RequirementList("2025-01", (requirement("route", Level.MUST),))
NEW = RequirementList(
    "2026-11",
    (
        requirement("route", Level.MUST),
        requirement("rights", Level.MUST),
        requirement("payment", Level.MUST),
        requirement("design", Level.SHOULD),
    ),
)


def answered(name: str, verdict: Verdict, when: datetime = WHEN) -> Answered:
    return Answered(Given(name, verdict, "https://example.org/p", "n"), when, "Anna")


def test_levels_are_counted_apart_and_what_is_unanswered_still_applies() -> None:
    check = self_check_of(
        [OLD, NEW],
        {
            "2026-11": {
                "route": answered("route", Verdict.MET),
                "payment": answered("payment", Verdict.NOT_APPLICABLE),
            }
        },
    )
    must, should = check.counts
    assert (must.level, must.met, must.not_met, must.not_applicable, must.unanswered) == (
        Level.MUST, 1, 0, 1, 1,
    )  # fmt: skip
    assert must.applicable == 2
    assert (should.met, should.unanswered, should.applicable) == (0, 1, 1)


def test_without_an_answer_the_newest_list_stands_unanswered() -> None:
    check = self_check_of([OLD, NEW], {})
    assert check.list is NEW
    assert not check.is_answered
    assert check.answered_at is None
    assert [one.unanswered for one in check.counts] == [3, 1]


def test_answers_to_an_older_list_stay_readable_as_such() -> None:
    check = self_check_of([OLD, NEW], {"2025-01": {"route": answered("route", Verdict.NOT_MET)}})
    assert check.list is OLD
    assert check.is_outdated
    both = {
        "2025-01": {"route": answered("route", Verdict.MET)},
        "2026-11": {"design": answered("design", Verdict.MET)},
    }
    assert self_check_of([OLD, NEW], both).list is NEW


def test_an_answer_to_a_requirement_that_the_list_does_not_have_says_nothing() -> None:
    assert not self_check_of([NEW], {"2026-11": {"gone": answered("gone", Verdict.MET)}}).is_answered


def test_the_last_answer_dates_the_result() -> None:
    later = WHEN.replace(hour=12)
    answers = {"route": answered("route", Verdict.MET, later), "design": answered("design", Verdict.MET)}
    assert self_check_of([NEW], {"2026-11": answers}).answered_at == later


def refusals(*answers: dict[str, Any], version: str = "2026-11") -> set[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        read_answers({"list_version": version, "answers": list(answers)}, NEW)
    return {(one.field, one.rule) for one in refused.value.errors}


def test_what_is_met_needs_a_link_and_what_does_not_apply_a_note() -> None:
    assert refusals(
        {"requirement_id": "route", "answer": "met"},
        {"requirement_id": "payment", "answer": "not_applicable", "note": ""},
        {"requirement_id": "rights", "answer": "met", "proof_url": "javascript:alert(1)"},
    ) == {
        ("answers.0.proof_url", "required"),
        ("answers.1.note", "required"),
        ("answers.2.proof_url", "format"),
    }


def test_what_is_not_met_needs_neither() -> None:
    fields = {"list_version": "2026-11", "answers": [{"requirement_id": "route", "answer": "not_met"}]}
    assert read_answers(fields, NEW) == [Given("route", Verdict.NOT_MET)]


def test_strange_answers_are_refused_by_name() -> None:
    assert refusals(
        {"requirement_id": "colour", "answer": "not_met"},
        {"requirement_id": "route", "answer": "yes"},
        {"requirement_id": "rights", "answer": "not_met", "colour": "blue"},
        {"requirement_id": "rights", "answer": "not_met"},
        {"answer": "not_met", "note": "x" * 501},
    ) == {
        ("answers.0.requirement_id", "unknown"),
        ("answers.1.answer", "choice"),
        ("answers.2.colour", "unknown"),
        ("answers.3.requirement_id", "unique"),
        ("answers.4.requirement_id", "required"),
        ("answers.4.note", "length"),
    }


def test_another_version_of_the_list_is_refused() -> None:
    assert refusals(version="2025-01") == {("list_version", "choice")}


def test_every_shipped_requirement_has_its_source_and_both_languages() -> None:
    for version in requirement_lists():
        assert len(set(version.ids)) == len(version.ids)
        assert {one.level for one in version.requirements} >= {Level.MUST, Level.SHOULD}
        for one in version.requirements:
            assert all((one.title_de, one.title_en, one.text_de, one.text_en, one.source_date)), one.id
            assert one.source.startswith("https://"), one.id
            assert len(one.id) <= 40
    assert [one.version for one in requirement_lists()] == sorted(one.version for one in requirement_lists())
