"""Sessions of the pages, and who becomes a person here by signing in."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, insert, select, text

from marketplace.actions import demo, invitations, people, signing_in
from marketplace.actions.auditing import COMMAND_LINE
from marketplace.actions.context import Context
from marketplace.actions.tokens import actor_of_token, create_token
from marketplace.domain.audit import Outcome
from marketplace.domain.demo_people import DEMO_PEOPLE
from marketplace.domain.openid_account import OpenIdAccount
from marketplace.domain.roles import Role
from marketplace.errors import Forbidden, NotFound, Unauthenticated
from marketplace.settings import Settings
from marketplace.store import audit, memberships
from marketplace.store.audit import AuditQuery
from marketplace.store.tables import (
    MembershipRow,
    OrganisationAuthorityRow,
    OrganisationRow,
    PersonRow,
    WebSessionRow,
)
from tests.conftest import Clock

ISSUER = "https://login.example.org"
DEMO_ORGANISATIONS = {
    "dataport": "provider", "freie-hansestadt-bremen": "authority", "kdn": "association",
    "coordination-nw": "coordination", "it-planungsrat": "policy", "marketplace-operator": "operator",
}  # fmt: skip


@pytest.fixture
def ctx(context: Context) -> Context:
    """A context with the demo's organisations, Bremen and North Rhine-Westphalia bound to their keys."""
    bound = {"freie-hansestadt-bremen": "040110000000"}
    with context.database.writing() as session:
        session.execute(
            insert(OrganisationRow),
            [
                {
                    "id": key, "name": key.title(), "name_folded": key, "kind": kind,
                    "region_key": bound.get(key), "state": "05" if kind == "coordination" else None,
                }
                for key, kind in DEMO_ORGANISATIONS.items()
            ],
        )  # fmt: skip
    return context


def account(
    subject: str = "42", roles: dict[str, set[Role]] | None = None, name: str = "Rosa"
) -> OpenIdAccount:
    mapped = None if roles is None else {key: frozenset(given) for key, given in roles.items()}
    return OpenIdAccount(ISSUER, subject, name, "rosa@example.org", mapped)


def acts(ctx: Context) -> list[tuple[str, Outcome, str | None]]:
    with ctx.database.reading() as session:
        entries, _total = audit.find(session, AuditQuery(), 50)
    return [(entry.act, entry.outcome, entry.person_id) for _id, entry in reversed(entries)]


def people_known(ctx: Context) -> int:
    with ctx.database.reading() as session:
        return session.scalar(select(func.count()).select_from(PersonRow)) or 0


def invited(ctx: Context) -> str:
    return invitations.create(ctx, COMMAND_LINE, "dataport", ["publisher"], "Rosa").secret


@pytest.mark.parametrize("key", DEMO_PEOPLE)
def test_a_person_of_the_demo_acts_with_one_role_in_one_organisation(ctx: Context, key: str) -> None:
    found = signing_in.recognise(ctx, signing_in.sign_in_demo(ctx, key).secret)
    assert found is not None
    assert found.actor is not None
    expected = DEMO_PEOPLE[key]
    assert (found.actor.organisation_id, set(found.actor.roles)) == (
        expected.organisation_id,
        {expected.role},
    )
    assert found.actor.person_id == found.person.id == f"demo-{key}"


def test_an_actor_speaks_for_every_authority_of_the_organisation(ctx: Context) -> None:
    with ctx.database.writing() as session:
        session.execute(
            insert(OrganisationAuthorityRow),
            [
                {"organisation_id": "freie-hansestadt-bremen", "authority_key": key}
                for key in ("040120000000", "jobcenter-bremen")
            ],
        )
    keys = {}
    for key in ("authority", "coordination", "publisher"):
        found = signing_in.recognise(ctx, signing_in.sign_in_demo(ctx, key).secret)
        assert found is not None
        assert found.actor is not None
        keys[key] = found.actor.region_keys
    assert keys["authority"] == {"040110000000", "040120000000", "jobcenter-bremen"}
    assert keys["coordination"] == {"05"}
    assert keys["publisher"] == frozenset()


def test_only_a_digest_of_the_secret_is_kept_and_each_sign_in_has_its_own(ctx: Context) -> None:
    first, second = (signing_in.sign_in_demo(ctx, "publisher").secret for _ in range(2))
    assert first != second
    with ctx.database.reading() as session:
        kept = set(session.scalars(select(WebSessionRow.digest)))
    assert kept == {hashlib.sha256(secret.encode()).hexdigest() for secret in (first, second)}
    assert signing_in.recognise(ctx, next(iter(kept))) is None
    assert people_known(ctx) == 1


def test_the_session_that_a_browser_had_before_ends_with_the_new_one(ctx: Context) -> None:
    old = signing_in.sign_in_demo(ctx, "publisher").secret
    new = signing_in.sign_in_demo(ctx, "operator", replaced=old).secret
    assert signing_in.recognise(ctx, old) is None
    assert signing_in.recognise(ctx, new) is not None


def test_a_session_ends_an_hour_after_its_last_page(ctx: Context, clock: Clock) -> None:
    secret = signing_in.sign_in_demo(ctx, "publisher").secret
    clock.tick(minutes=59)
    assert signing_in.recognise(ctx, secret) is not None
    clock.tick(minutes=59)
    assert signing_in.recognise(ctx, secret) is not None
    clock.tick(minutes=60)
    assert signing_in.recognise(ctx, secret) is None
    assert signing_in.prolong(ctx, secret) is None
    with pytest.raises(Unauthenticated):
        people.choose_organisation(ctx, secret, "dataport")


def test_a_session_ends_after_ten_hours_whatever_one_does(ctx: Context, clock: Clock) -> None:
    secret = signing_in.sign_in_demo(ctx, "publisher").secret
    for _ in range(19):
        clock.tick(minutes=30)
        assert signing_in.recognise(ctx, secret) is not None
    clock.tick(minutes=30)
    assert signing_in.recognise(ctx, secret) is None
    signing_in.sign_in_demo(ctx, "publisher")
    with ctx.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(WebSessionRow)) == 1


def test_use_is_noted_once_a_minute_at_most(ctx: Context, clock: Clock) -> None:
    secret = signing_in.sign_in_demo(ctx, "publisher").secret
    opened = clock.now

    def seen() -> object:
        with ctx.database.reading() as session:
            return session.scalar(select(WebSessionRow.seen_at))

    clock.tick(seconds=59)
    signing_in.recognise(ctx, secret)
    assert seen() == opened
    clock.tick(seconds=1)
    signing_in.recognise(ctx, secret)
    assert seen() == clock.now
    assert signing_in.prolong(ctx, secret) is not None


def test_a_session_is_recognised_by_one_question_to_the_database(ctx: Context) -> None:
    secret = signing_in.sign_in_demo(ctx, "authority").secret
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(ctx.database.engine, "before_cursor_execute", count)
    try:
        assert signing_in.recognise(ctx, secret) is not None
    finally:
        event.remove(ctx.database.engine, "before_cursor_execute", count)
    assert len([statement for statement in asked if "SELECT" in statement]) == 1


def test_signing_out_ends_the_session_here_and_everywhere(ctx: Context) -> None:
    here, there, other = (
        signing_in.sign_in_demo(ctx, key).secret for key in ("publisher", "publisher", "analyst")
    )
    assert signing_in.sign_out(ctx, here) is None
    assert signing_in.recognise(ctx, here) is None
    assert signing_in.recognise(ctx, there) is not None
    again = signing_in.sign_in_demo(ctx, "publisher").secret
    signing_in.sign_out_everywhere(ctx, again)
    assert signing_in.recognise(ctx, again) is None
    assert signing_in.recognise(ctx, there) is None
    assert signing_in.recognise(ctx, other) is not None
    closed = [person for act, _outcome, person in acts(ctx) if act == "session.closed"]
    assert closed == ["demo-publisher", "demo-publisher"]


def test_a_role_that_is_taken_away_acts_with_the_next_page(ctx: Context) -> None:
    secret = signing_in.sign_in_demo(ctx, "reviewer").secret
    with ctx.database.writing() as session:
        memberships.give(session, "dataport", "demo-reviewer", [Role.PUBLISHER], ctx.clock(), "test")
    found = signing_in.recognise(ctx, secret)
    assert found is not None
    assert found.actor is not None
    assert found.actor.roles == {Role.PUBLISHER, Role.REVIEWER}
    with ctx.database.writing() as session:
        memberships.take(session, "dataport", "demo-reviewer", [Role.PUBLISHER, Role.REVIEWER])
    left = signing_in.recognise(ctx, secret)
    assert left is not None
    assert (left.actor, left.person.id) == (None, "demo-reviewer")


def test_one_chooses_for_whom_to_act_among_the_own_organisations(ctx: Context) -> None:
    opened = signing_in.sign_in_demo(ctx, "analyst")
    with ctx.database.writing() as session:
        memberships.give(session, "dataport", opened.person.id, [Role.PUBLISHER], ctx.clock(), "test")
    people.choose_organisation(ctx, opened.secret, "dataport")
    found = signing_in.recognise(ctx, opened.secret)
    assert found is not None
    assert found.actor is not None
    assert (found.actor.organisation_id, set(found.actor.roles)) == ("dataport", {Role.PUBLISHER})
    for foreign in ("kdn", "nowhere"):
        with pytest.raises(NotFound):
            people.choose_organisation(ctx, opened.secret, foreign)
    account_ = people.account(ctx, opened.person, opened.secret)
    assert [one.organisation_id for one in account_.memberships] == ["dataport", "it-planungsrat"]
    assert [one.is_this for one in account_.sessions] == [True]
    assert acts(ctx)[-1][0] == "organisation.chosen"


def test_an_unknown_account_is_refused_logged_and_not_kept(ctx: Context) -> None:
    with pytest.raises(Forbidden):
        signing_in.sign_in_account(ctx, account(), "id-token", None)
    with pytest.raises(Forbidden):
        signing_in.sign_in_account(ctx, account(roles={}), "id-token", "x" * 43)
    assert people_known(ctx) == 0
    assert acts(ctx) == [("session.opened", Outcome.REFUSED, None)] * 2
    with ctx.database.reading() as session:
        assert "rosa" not in str(session.execute(text("SELECT * FROM audit_entry")).all()).lower()


def test_who_comes_with_an_invitation_signs_in_and_becomes_a_member_by_accepting(ctx: Context) -> None:
    secret = invited(ctx)
    opened = signing_in.sign_in_account(ctx, account(), "id-token", secret)
    before = signing_in.recognise(ctx, opened.secret)
    assert before is not None
    assert before.actor is None
    invitations.accept(ctx, opened.person.id, secret)
    after = signing_in.recognise(ctx, opened.secret)
    assert after is not None
    assert after.actor is not None
    assert (after.actor.organisation_id, set(after.actor.roles)) == ("dataport", {Role.PUBLISHER})
    again = signing_in.sign_in_account(ctx, account(name="Rosa Neu"), "id-token", None)
    assert again.person.id == opened.person.id
    assert again.person.name == "Rosa Neu"


def test_a_used_invitation_lets_nobody_in(ctx: Context) -> None:
    secret = invited(ctx)
    opened = signing_in.sign_in_account(ctx, account(), "id-token", secret)
    invitations.accept(ctx, opened.person.id, secret)
    with pytest.raises(Forbidden):
        signing_in.sign_in_account(ctx, account("43"), "id-token", secret)


def test_the_provider_gives_and_takes_roles_beside_those_by_invitation(ctx: Context) -> None:
    first = signing_in.sign_in_account(
        ctx, account(roles={"dataport": {Role.PUBLISHER, Role.REVIEWER}}), "id-token", None
    )
    with ctx.database.writing() as session:
        memberships.give(session, "dataport", first.person.id, [Role.ADMIN], ctx.clock(), "invited")
    second = signing_in.sign_in_account(
        ctx, account(roles={"dataport": {Role.REVIEWER, Role.ADMIN}, "kdn": {Role.ANALYST}}), "id-token", None
    )
    assert second.person.id == first.person.id

    def roles() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        with ctx.database.reading() as session:
            for row in session.execute(select(MembershipRow.organisation_id, MembershipRow.role)):
                found.setdefault(row.organisation_id, set()).add(row.role)
        return found

    assert roles() == {"dataport": {"reviewer", "admin"}, "kdn": {"analyst"}}
    signing_in.sign_in_account(ctx, account(roles={}), "id-token", None)
    assert roles() == {"dataport": {"admin"}}
    changes = [act for act, _outcome, _person in acts(ctx) if act.startswith("member.")]
    assert changes == ["member.added", "member.removed", "member.added", "member.removed", "member.removed"]


@pytest.mark.parametrize(
    "roles",
    [
        {"nowhere": {Role.PUBLISHER}},
        {"dataport": {Role.OPERATOR}},
        {"dataport": {Role.COORDINATION}},
        {"kdn": {Role.OPERATOR}},
    ],
)
def test_the_provider_gives_no_role_that_does_not_fit_the_organisation(
    ctx: Context, roles: dict[str, set[Role]]
) -> None:
    with pytest.raises(Forbidden):
        signing_in.sign_in_account(ctx, account(roles=roles), "id-token", None)


def test_the_id_token_comes_back_once_for_the_provider_to_end_its_session(ctx: Context) -> None:
    opened = signing_in.sign_in_account(
        ctx, account(roles={"dataport": {Role.PUBLISHER}}), "the-id-token", None
    )
    assert signing_in.sign_out(ctx, opened.secret) == "the-id-token"
    assert signing_in.sign_out(ctx, opened.secret) is None


def test_outside_the_demo_its_people_are_nobody(ctx: Context) -> None:
    secret = signing_in.sign_in_demo(ctx, "operator").secret
    real = replace(ctx, settings=Settings(_env_file=None, database_url="sqlite:///unused"))
    assert signing_in.recognise(real, secret) is None
    with pytest.raises(NotFound):
        signing_in.sign_in_demo(real, "operator")
    with pytest.raises(NotFound):
        signing_in.sign_in_demo(ctx, "king")


def test_removing_the_demo_takes_its_people_away_and_leaves_the_log(ctx: Context, clock: Clock) -> None:
    secret = signing_in.sign_in_demo(ctx, "publisher").secret
    link = invited(ctx)
    invitations.accept(ctx, signing_in.sign_in_demo(ctx, "analyst").person.id, link)
    real = signing_in.sign_in_account(ctx, account(roles={"kdn": {Role.ANALYST}}), "id-token", None)
    assert demo.remove(ctx).people == 2
    assert signing_in.recognise(ctx, secret) is None
    assert signing_in.recognise(ctx, real.secret) is not None
    assert people_known(ctx) == 1
    assert ("session.opened", Outcome.DONE, "demo-publisher") in acts(ctx)
    assert demo.remove(ctx).people == 0
    clock.now += timedelta(minutes=1)
    assert signing_in.recognise(ctx, signing_in.sign_in_demo(ctx, "publisher").secret) is not None


def test_a_token_of_the_demo_is_worth_nothing_outside_it_and_ends_with_it(ctx: Context) -> None:
    opened = signing_in.sign_in_demo(ctx, "operator")
    found = signing_in.recognise(ctx, opened.secret)
    assert found is not None
    made = create_token(ctx, "kdn", "analyst", by=found.actor)
    real = replace(ctx, settings=ctx.settings.model_copy(update={"demo": False}))
    assert actor_of_token(real, made.secret) is None
    assert actor_of_token(ctx, made.secret) is not None
    demo.remove(ctx)
    assert actor_of_token(real, made.secret) is None
    assert actor_of_token(ctx, made.secret) is None
