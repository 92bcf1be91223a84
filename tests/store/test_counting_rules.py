"""Counting rules of operators: published once, never changed, found by name, run like shipped ones."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.actions import counting_rules
from marketplace.actions.context import Context
from marketplace.actions.counting_rules import find_rule, list_rules, publish_rule, rules_to_choose_from
from marketplace.actions.questions import Question
from marketplace.actions.recording import record_events
from marketplace.actions.reuse import reuse_of_service
from marketplace.domain.rule import Rule
from marketplace.domain.shipped_rules import COVERAGE, REUSE_RATE, RULES
from marketplace.errors import Conflict, Forbidden, InvalidInput, Unauthenticated
from marketplace.store.counting_rules import published_rules
from marketplace.store.database import Database
from tests import land
from tests.rules import published_before, rule_fields

TOWNS = (land.SEEDORF, land.SEEHEIM, land.BERGSTADT, land.NORDSTADT_TOWN)


def publish(ctx: Context, rule_id: str = "own-rate", **fields: Any) -> Rule:
    listed, is_new = publish_rule(ctx, land.OPERATOR, rule_fields(rule_id, **fields))
    assert is_new
    return listed.rule


def record(ctx: Context, *events: dict[str, Any]) -> None:
    whole = [{"service_id": "hundesteuer", "effective_on": "2026-05-01", **event} for event in events]
    report = record_events(ctx, land.OPERATOR, whole)
    assert report.written, [row.errors for row in report.rows]


def asked(ctx: Context, rule: str) -> Rule:
    return Question.read(ctx, by="state", rule=rule, unit=None, as_of=None, known_at=None).rule


def test_without_a_published_rule_there_are_the_shipped_ones(context: Context) -> None:
    assert [listed.rule for listed in list_rules(context)] == list(RULES)
    assert find_rule(context, "reuse-rate") is REUSE_RATE
    assert find_rule(context, "reuse-rate@2") is None


def test_a_published_rule_gets_the_next_number_of_its_id(context: Context) -> None:
    assert (
        publish(context, "reuse-rate", developing_states=False, stale_after_days=365).name == "reuse-rate@2"
    )
    assert (
        publish(context, "reuse-rate", developing_states=False, stale_after_days=180).name == "reuse-rate@3"
    )
    assert publish(context).name == "own-rate@1"
    assert [listed.rule.name for listed in list_rules(context)] == [
        "reuse-rate@1", "reuse-rate@2", "reuse-rate@3", *(rule.name for rule in RULES[1:]), "own-rate@1",
    ]  # fmt: skip


def test_what_was_published_is_read_as_it_was_written(context: Context) -> None:
    fields: dict[str, Any] = {
        "counted": ["live", "own_solution"], "claims": True, "stale_after_days": 90, "developing_states": False,
    }  # fmt: skip
    written = publish(context, **fields)
    over_states = publish(context, "mostly", state_counts="all_live", area_wide_percent=95)
    with context.database.reading() as session:
        stored = [one.rule for one in published_rules(session)]
    assert stored == [written, over_states]


def test_latest_is_a_word_of_the_request_only(context: Context) -> None:
    assert asked(context, "reuse-rate@latest").version == 1
    publish(context, "reuse-rate", developing_states=False, stale_after_days=365)
    for name in ("reuse-rate", "reuse-rate@latest", "reuse-rate@2"):
        assert (asked(context, name).version, asked(context, name).stale_after_days) == (2, 365)
    assert asked(context, "reuse-rate@1") == REUSE_RATE
    with pytest.raises(InvalidInput, match="id: must not be latest"):
        publish(context, "latest")


def test_a_version_not_there_yet_is_found_once_it_is_published(context: Context) -> None:
    with pytest.raises(InvalidInput, match="no counting rule"):
        asked(context, "own-rate@1")
    publish(context)
    assert asked(context, "own-rate@1").version == 1


def test_the_same_again_is_no_new_version(context: Context) -> None:
    publish(context)
    listed, is_new = publish_rule(context, land.OPERATOR, rule_fields())
    assert (listed.rule.version, is_new) == (1, False)
    assert listed.organisation_id == "operator"
    assert len(list_rules(context)) == len(RULES) + 1


def test_a_dry_run_tells_the_number_and_writes_nothing(context: Context) -> None:
    listed, is_new = publish_rule(context, land.OPERATOR, rule_fields("coverage"), dry_run=True)
    assert (listed.rule.name, is_new) == ("coverage@2", True)
    assert find_rule(context, "coverage@2") is None


def test_of_eight_operators_at_once_each_gets_a_number_of_its_own(context: Context) -> None:
    def one(days: int) -> int:
        return publish_rule(context, land.OPERATOR, rule_fields("coverage", stale_after_days=days))[
            0
        ].rule.version

    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(one, range(100, 108)))
    assert sorted(versions) == list(range(2, 10))
    days = {listed.rule.version: listed.rule.stale_after_days for listed in list_rules(context)
            if listed.rule.id == "coverage" and listed.published_at}  # fmt: skip
    assert days == dict(zip(versions, range(100, 108), strict=True))


def test_the_same_from_eight_operators_at_once_is_one_version(context: Context) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: publish_rule(context, land.OPERATOR, rule_fields()), range(8)))
    assert sum(is_new for _, is_new in found) == 1
    assert {listed.rule.version for listed, _ in found} == {1}


@pytest.mark.parametrize(
    "statement", ["UPDATE counting_rule SET claims = NOT claims", "DELETE FROM counting_rule"]
)
def test_the_database_refuses_to_change_a_published_rule(context: Context, statement: str) -> None:
    publish(context)
    with pytest.raises(DBAPIError, match="never changes"), context.database.writing() as session:
        session.execute(text(statement))
    assert find_rule(context, "own-rate@1") is not None


@pytest.mark.parametrize("actor", [land.PUBLISHER, land.ANALYST, land.COORDINATION], ids=lambda a: a.name)
def test_only_operators_publish(context: Context, actor: Any) -> None:
    with pytest.raises(Forbidden):
        publish_rule(context, actor, rule_fields())
    with pytest.raises(Unauthenticated):
        publish_rule(context, None, rule_fields())


def test_a_refused_rule_leaves_nothing_behind(context: Context) -> None:
    with pytest.raises(InvalidInput):
        publish_rule(context, land.OPERATOR, rule_fields(counted=["live", "declined"]))
    assert len(list_rules(context)) == len(RULES)


def test_there_is_an_end_to_publishing(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting_rules, "MAX_PUBLISHED", 1)
    publish(context)
    with pytest.raises(Conflict, match="1 rule versions"):
        publish_rule(context, land.OPERATOR, rule_fields(stale_after_days=1))
    assert publish_rule(context, land.OPERATOR, rule_fields())[1] is False


def test_a_published_rule_counts_and_the_old_version_counts_as_before(context: Context) -> None:
    land.settle(context)
    record(
        context,
        {"authority_key": land.SEEDORF, "status": "live"},
        {"authority_key": land.SEEHEIM, "status": "live", "effective_on": "2026-01-01"},
        {"authority_key": land.BERGSTADT, "status": "agreed"},
        {"authority_key": land.NORDSTADT_TOWN, "status": "own_solution"},
    )
    before = reuse_of_service(context, "hundesteuer", rule="reuse-rate@1")
    assert (before.total.numerator, before.total.denominator) == (2, 4)
    publish(context, "reuse-rate", developing_states=False, stale_after_days=300)
    publish(
        context, "on-the-way", counted=["agreed", "connecting", "live"], stale_after_days=300,
        developing_states=False,
    )  # fmt: skip
    publish(context, "mostly", state_counts="all_live", area_wide_percent=50)
    newest = reuse_of_service(context, "hundesteuer")
    assert (newest.rule.version, newest.total.numerator, newest.total.classes["unconfirmed"]) == (2, 1, 1)
    further = reuse_of_service(context, "hundesteuer", rule="on-the-way")
    assert (further.total.numerator, further.total.classes["unconfirmed"]) == (2, 1)
    mostly = reuse_of_service(context, "hundesteuer", rule="mostly@latest")
    assert (mostly.rule.name, mostly.total.numerator, mostly.total.denominator) == ("mostly@1", 1, 2)
    again = reuse_of_service(context, "hundesteuer", rule="reuse-rate@1")
    assert (again.total, again.rows) == (before.total, before.rows)


def test_a_form_offers_the_newest_versions_and_the_chosen_older_one(context: Context) -> None:
    publish(context, "coverage", stale_after_days=365)
    offered = [rule.name for rule in rules_to_choose_from(context, REUSE_RATE)]
    assert offered[:2] == ["reuse-rate@1", "coverage@2"]
    older = find_rule(context, "coverage@1")
    assert older is not None
    assert [rule.name for rule in rules_to_choose_from(context, older)][1:3] == ["coverage@1", "coverage@2"]


def test_finding_a_pinned_rule_again_does_not_ask_the_database(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(context)
    assert find_rule(context, "own-rate@1") is not None
    monkeypatch.setattr(Database, "reading", None)
    assert find_rule(context, "own-rate@1") is not None


ANOTHER_KIND: dict[str, dict[str, Any]] = {
    "reuse-rate": {"state_counts": "one_live"},
    "coverage": {"state_counts": "joined"},
    "availability": {"state_counts": "all_live"},
    "joined-states": {},
    "area-wide-by-state": {"state_counts": "one_live"},
    "at-least-one": {"state_counts": "all_live"},
}


@pytest.mark.parametrize("first", RULES, ids=lambda rule: rule.id)
def test_a_further_version_of_a_shipped_rule_stays_of_its_kind(context: Context, first: Rule) -> None:
    with pytest.raises(InvalidInput) as refused:
        publish_rule(context, land.OPERATOR, rule_fields(first.id, **ANOTHER_KIND[first.id]))
    (error,) = refused.value.errors
    assert (error.field, error.rule) == ("state_counts", "versions_count_alike")
    assert f"{first.name} has state_counts" in error.message
    assert len(list_rules(context)) == len(RULES)


@pytest.mark.parametrize(
    ("rule_id", "fields", "broken"),
    [
        ("coverage", {"counted": ["live", "own_solution"]}, ["counted"]),
        ("coverage", {"developing_states": False}, ["developing_states"]),
        ("coverage", {"inherited": False}, ["inherited"]),
        ("reuse-rate", {}, ["developing_states"]),
        ("reuse-rate", {"counted": ["agreed", "connecting", "live"]}, ["counted", "developing_states"]),
        ("availability", {}, ["counted"]),
    ],
)
def test_a_further_version_of_a_shipped_rule_counts_what_pages_say_that_it_counts(
    context: Context, rule_id: str, fields: dict[str, Any], broken: list[str]
) -> None:
    for dry_run in (True, False):
        with pytest.raises(InvalidInput) as refused:
            publish_rule(context, land.OPERATOR, rule_fields(rule_id, **fields), dry_run=dry_run)
        assert [error.field for error in refused.value.errors] == broken
        assert {error.rule for error in refused.value.errors} == {"versions_count_alike"}


def test_a_further_version_of_a_shipped_rule_is_free_in_proof_time_and_threshold(context: Context) -> None:
    assert publish(context, "coverage", claims=True, stale_after_days=90).version == 2
    lower = publish(context, "area-wide-by-state", state_counts="all_live", area_wide_percent=80)
    assert find_rule(context, "area-wide-by-state") == lower


def test_an_operators_own_rule_stays_over_authorities_and_is_free_in_the_rest(context: Context) -> None:
    publish(context)
    assert publish(context, counted=["live", "own_solution"], developing_states=False).name == "own-rate@2"
    with pytest.raises(InvalidInput, match="own-rate@1 has state_counts null") as refused:
        publish(context, state_counts="joined")
    assert [error.field for error in refused.value.errors] == ["state_counts"]


def test_a_version_of_another_kind_from_before_is_read_by_its_number_only(context: Context) -> None:
    strange = published_before(context, "coverage", 2, state_counts="joined")
    assert find_rule(context, "coverage@2") == strange
    for name in ("coverage", "coverage@latest"):
        assert asked(context, name) == COVERAGE
    assert COVERAGE in rules_to_choose_from(context, REUSE_RATE)
    assert strange not in rules_to_choose_from(context, REUSE_RATE)
    assert [rule.name for rule in rules_to_choose_from(context, strange)][1:3] == ["coverage@1", "coverage@2"]
    told = {listed.rule.name: listed.contradicts for listed in list_rules(context) if listed.contradicts}
    assert told == {"coverage@2": ("state_counts",)}
    assert publish(context, "coverage", stale_after_days=365).name == "coverage@3"
    assert asked(context, "coverage").name == "coverage@3"
