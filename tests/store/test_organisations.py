"""Organisations as operators keep them: adding, changing, one going into another, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.actions import invitations, members, organisation_log, organisations, transfers
from marketplace.actions.catalogue import get_organisation, list_organisations
from marketplace.actions.context import Context
from marketplace.actions.delegations import grant, list_delegations
from marketplace.actions.entry_in_work import ANY
from marketplace.actions.organisation_merging import merge
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import record_events
from marketplace.actions.service_writing import put_service
from marketplace.actions.services import get_service
from marketplace.actions.tokens import actor_of_token, create_token
from marketplace.domain.access import Actor, Role
from marketplace.domain.catalogue import Organisation, OrganisationKind
from marketplace.errors import Conflict, Forbidden, Gone, InvalidInput, VersionMismatch, VersionRequired
from marketplace.store import audit, catalogue_writes, memberships, mergers, outbox
from marketplace.store.audit import AuditQuery
from tests import land
from tests.members import acting_as, add_person

OPERATOR = land.OPERATOR
NORTH: dict[str, Any] = {"name": "Nordwerk AöR", "kind": "provider", "state": "02"}
VERBUND: dict[str, Any] = {
    "name": "IT-Verbund Seen", "kind": "association", "state": "09",
    "authorities": [land.SEEDORF, land.SEEHEIM], "own_review": True,
}  # fmt: skip
PAGE = PageRequest(1, 100)


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


def put(
    ctx: Context, organisation_id: str, fields: dict[str, Any], *expected: str
) -> organisations.WrittenOrganisation:
    return organisations.put_organisation(ctx, OPERATOR, organisation_id, fields, expected or None)


def log_of(ctx: Context, organisation_id: str) -> list[tuple[str, object]]:
    with ctx.database.reading() as session:
        query = AuditQuery(object_kind="organisation", object_id=organisation_id)
        found, _total = audit.find(session, query, 50)
    return [(entry.act, entry.detail.get("changed")) for _id, entry in reversed(found)]


def test_an_operator_adds_an_organisation_that_speaks_for_authorities(ctx: Context) -> None:
    written = put(ctx, "verbund", VERBUND)
    assert written.created
    kept = organisations.read_kept(ctx, OPERATOR, "verbund")
    assert kept.fields == written.fields
    assert kept.fields.organisation.own_review
    actor = actor_of_token(ctx, create_token(ctx, "verbund", "authority").secret)
    assert actor is not None
    assert actor.region_keys == {land.SEEDORF, land.SEEHEIM}
    assert [act for act, _ in log_of(ctx, "verbund")] == ["organisation.added", "token.made"]


def test_a_coordination_is_bound_to_its_state(ctx: Context) -> None:
    put(ctx, "koordination-by", {"name": "Koordination", "kind": "coordination", "state": land.BAVARIA})
    actor = actor_of_token(ctx, create_token(ctx, "koordination-by", "coordination").secret)
    assert actor is not None
    assert actor.region_keys == {land.BAVARIA}


def test_a_change_names_what_it_was_made_from_and_the_log_says_which_fields(ctx: Context) -> None:
    tag = put(ctx, "verbund", VERBUND).fields.tag
    changed = VERBUND | {"name": "Verbund", "authorities": [land.SEEHEIM]}
    with pytest.raises(VersionRequired):
        put(ctx, "verbund", changed)
    assert put(ctx, "verbund", changed, tag).changed
    with pytest.raises(VersionMismatch):
        put(ctx, "verbund", VERBUND, tag)
    with pytest.raises(VersionMismatch):
        put(ctx, "unbekannt", VERBUND, tag)
    assert not put(ctx, "verbund", changed, ANY).changed
    assert log_of(ctx, "verbund")[1:] == [("organisation.changed", ["name", "region_key", "authorities"])]


def test_entries_are_indexed_anew_when_their_publisher_gets_another_name(ctx: Context) -> None:
    with ctx.database.reading() as session:
        before = outbox.last_position(session)
    put(ctx, "provider", {"name": "Anderswerk", "kind": "provider"}, ANY)
    with ctx.database.reading() as session:
        assert set(outbox.changes_after(session, before)) == {
            ("services", "wohnsitz"), ("services", "hundesteuer"),
        }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"name": ""}, "name", "required"),
        ({"kind": "king"}, "kind", "choice"),
        ({"state": "77"}, "state", "reference"),
        ({"authorities": ["091709999999"]}, "authorities.0", "reference"),
        ({"authorities": [land.FOREST]}, "authorities.0", "reference"),
        ({"kind": "provider"}, "authorities", "kind"),
        ({"kind": "coordination", "authorities": [], "state": None}, "state", "required"),
        ({"url": "javascript:alert(1)"}, "url", "format"),
        ({"members": ["ada"]}, "members", "unknown"),
        ({"own_review": "yes"}, "own_review", "type"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    ctx: Context, fields: dict[str, Any], field: str, rule: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        put(ctx, "verbund", VERBUND | fields)
    assert [(one.field, one.rule) for one in error.value.errors] == [(field, rule)]
    assert log_of(ctx, "verbund") == []


def test_a_kind_that_members_or_tokens_do_not_fit_is_refused(ctx: Context) -> None:
    put(ctx, "nordwerk", NORTH)
    create_token(ctx, "nordwerk", "publisher")
    with pytest.raises(InvalidInput) as error:
        put(ctx, "nordwerk", NORTH | {"kind": "policy"}, ANY)
    assert [(one.field, one.rule) for one in error.value.errors] == [("kind", "members")]


def test_nobody_but_operators_keeps_organisations(ctx: Context) -> None:
    admin = Actor.of("admin", "provider", Role.ADMIN)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: organisations.put_organisation(ctx, admin, "provider", NORTH, [ANY]),
        lambda: organisations.read_kept(ctx, admin, "provider"),
        lambda: merge(ctx, admin, "rival", "provider"),
    )
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()


def test_what_goes_into_another_organisation_takes_entries_members_and_delegations_along(
    ctx: Context,
) -> None:
    put_service(
        ctx, OPERATOR, "bauantrag",
        land.fields_of(
            "bauantrag", publisher="rival", offers=[{"id": "direkt", "route": "direct", "supplier": "rival"}]
        ),
        None,
    )  # fmt: skip
    add_person(ctx, "ada", "rival", Role.ADMIN)
    add_person(ctx, "bob", "provider", Role.ADMIN)
    secret = create_token(ctx, "rival", "publisher").secret
    ada = acting_as(ctx, "ada", "rival")
    invited = invitations.create(ctx, ada, "rival", ["publisher"], "für Cem")
    waiting = transfers.offer(ctx, land.PUBLISHER, "hundesteuer", "rival", None)
    grant(ctx, land.clerk_of(land.SEEDORF), {"authority_key": land.SEEDORF, "organisation_id": "rival"})

    merged = merge(ctx, OPERATOR, "rival", "provider")
    assert (merged.entries, merged.members, merged.delegations, merged.tokens) == (1, 1, 1, 1)
    service = get_service(ctx, "bauantrag", None).service
    assert (service.publisher, service.offers[0].supplier, service.version) == ("provider", "provider", 2)
    assert actor_of_token(ctx, secret) is None
    with pytest.raises(Gone):
        invitations.offered(ctx, invited.secret)
    (offer,) = transfers.list_transfers(ctx, land.PUBLISHER, "provider").outgoing
    assert (offer.id, offer.outcome) == (waiting.id, "recalled")
    with ctx.database.reading() as session:
        assert memberships.holders(session, "provider") == {Role.ADMIN: {"ada", "bob"}}
        assert memberships.holders(session, "rival") == {}
    states = {
        (one.delegation.organisation_id, one.delegation.ended_at is None)
        for one in list_delegations(ctx, OPERATOR, PAGE).items
    }
    assert states == {("rival", False), ("provider", True)}
    kept = organisations.read_kept(ctx, OPERATOR, "rival")
    assert kept.merged_into == "provider"
    assert [act for act, _ in log_of(ctx, "rival")][-1] == "organisation.merged"
    assert [act for act, _ in log_of(ctx, "provider")][-1] == "organisation.merged"


def test_what_went_into_another_is_found_there_and_changes_no_more(ctx: Context) -> None:
    add_person(ctx, "ada", "rival", Role.ADMIN)
    merge(ctx, OPERATOR, "rival", "provider")
    listed = {one.id for one in list_organisations(ctx, None, None, None, PAGE).items}
    assert "rival" not in listed
    assert "provider" in listed
    assert get_organisation(ctx, "rival").merged_into == "provider"
    attempts: tuple[Callable[[], object], ...] = (
        lambda: put(ctx, "rival", NORTH, ANY),
        lambda: create_token(ctx, "rival", "publisher"),
        lambda: invitations.create(ctx, OPERATOR, "rival", ["admin"], "für Bob"),
        lambda: members.set_roles(ctx, OPERATOR, "rival", "ada", ["publisher"]),
        lambda: merge(ctx, OPERATOR, "rival", "provider"),
    )
    for attempt in attempts:
        with pytest.raises(Conflict):
            attempt()


def test_it_goes_into_another_one_of_its_kind_that_stands(ctx: Context) -> None:
    with ctx.database.writing() as session:
        third = Organisation("third", "Third", OrganisationKind.PROVIDER)
        catalogue_writes.save_organisations(session, [third])
    merge(ctx, OPERATOR, "rival", "provider")
    for into, rule in (
        ("", "required"), ("third", "same"), ("policy", "kind"), ("nobody", "reference"), ("rival", "reference"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as error:
            merge(ctx, OPERATOR, "third", into)
        assert [(one.field, one.rule) for one in error.value.errors] == [("into", rule)]


def test_authorities_of_both_are_spoken_for_by_the_one_that_stands(ctx: Context) -> None:
    put(ctx, "verbund", VERBUND)
    put(ctx, "zweckverband", VERBUND | {"name": "Zweckverband", "authorities": [land.BERGSTADT]})
    merge(ctx, OPERATOR, "verbund", "zweckverband")
    kept = organisations.read_kept(ctx, OPERATOR, "zweckverband")
    assert set(kept.fields.authorities) == {land.SEEDORF, land.SEEHEIM, land.BERGSTADT}


def test_what_an_organisation_recorded_is_its_successors_to_correct_and_to_read(ctx: Context) -> None:
    third = {"name": "Drittwerk", "kind": "provider"}
    put(ctx, "drittwerk", third)
    put_service(ctx, OPERATOR, "bauantrag", land.fields_of("bauantrag", publisher="rival"), None)
    rival, heir = (Actor.of("publisher", one, Role.PUBLISHER) for one in ("rival", "provider"))
    event: dict[str, Any] = {
        "service_id": "bauantrag", "authority_key": land.SEEDORF, "status": "live", "effective_on": "2026-06-01",
    }  # fmt: skip
    recorded = record_events(ctx, rival, [event]).rows[0].id
    correction = event | {"effective_on": "2026-05-01", "corrects": recorded}
    merge(ctx, OPERATOR, "rival", "drittwerk")
    (refused,) = record_events(ctx, heir, [correction]).rows
    assert [one.rule for one in refused.errors] == ["access"]
    merge(ctx, OPERATOR, "drittwerk", "provider")
    assert record_events(ctx, heir, [correction]).written
    with ctx.database.reading() as session:
        own = mergers.successor(session, "provider")
    assert [own.in_place_of(one) for one in ("rival", "policy", None)] == ["provider", "policy", None]
    admin = Actor.of("admin", "provider", Role.ADMIN)
    acts = [
        (one.act, one.organisation_id)
        for one in organisation_log.log_of(ctx, admin, "provider", PAGE).entries.items
    ]
    assert ("adoptions.recorded", "rival") in acts
