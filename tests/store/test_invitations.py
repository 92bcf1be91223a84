"""Invitations: a link used once, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from marketplace.actions import invitations, members
from marketplace.actions.context import Context
from marketplace.domain.access import Actor, Role
from marketplace.errors import Conflict, Forbidden, Gone, InvalidInput, MarketplaceError, NotFound
from marketplace.store import audit, memberships
from marketplace.store.audit import AuditQuery
from marketplace.store.tables import InvitationRow
from tests import shelf
from tests.conftest import Clock
from tests.members import acting_as, add_person


@pytest.fixture
def ctx(context: Context) -> Context:
    shelf.fill(context)
    add_person(context, "ada", "nordwerk", Role.ADMIN)
    add_person(context, "bob")
    add_person(context, "cem")
    return context


@pytest.fixture
def ada(ctx: Context) -> Actor:
    """The admin of Nordwerk."""
    return acting_as(ctx, "ada", "nordwerk")


def invite(ctx: Context, actor: Actor, *roles: str) -> invitations.NewInvitation:
    return invitations.create(ctx, actor, actor.organisation_id, roles or ("publisher",), "für Bob")


def acts_of(ctx: Context, organisation_id: str) -> list[str]:
    with ctx.database.reading() as session:
        found, _total = audit.find(session, AuditQuery(organisation_id=organisation_id), 50)
    return [entry.act for _id, entry in reversed(found)]


def roles_of(ctx: Context, person_id: str, organisation_id: str = "nordwerk") -> set[Role]:
    with ctx.database.reading() as session:
        return set(memberships.roles_of(session, organisation_id, person_id))


def test_who_uses_the_link_becomes_a_member(ctx: Context, ada: Actor) -> None:
    made = invite(ctx, ada, "reviewer", "publisher")
    offered = invitations.offered(ctx, made.secret)
    assert (offered.organisation.name, offered.roles, offered.invited_by) == (
        "Nordwerk AöR", (Role.PUBLISHER, Role.REVIEWER), "Ada",
    )  # fmt: skip
    accepted = invitations.accept(ctx, "bob", made.secret)
    assert accepted == invitations.Accepted("nordwerk", (Role.PUBLISHER, Role.REVIEWER))
    assert roles_of(ctx, "bob") == {Role.PUBLISHER, Role.REVIEWER}
    assert acts_of(ctx, "nordwerk") == ["invitation.made", "invitation.accepted", "member.added"]


def test_a_link_is_good_for_one_person(ctx: Context, ada: Actor) -> None:
    made = invite(ctx, ada)
    invitations.accept(ctx, "bob", made.secret)
    with pytest.raises(Gone):
        invitations.accept(ctx, "cem", made.secret)
    with pytest.raises(Gone):
        invitations.offered(ctx, made.secret)
    assert roles_of(ctx, "cem") == set()


def test_of_two_who_use_a_link_at_once_one_becomes_a_member(ctx: Context, ada: Actor) -> None:
    for number in range(5):
        made = invite(ctx, ada)
        people = [f"one-{number}", f"other-{number}"]
        for person_id in people:
            add_person(ctx, person_id)

        def use(person_id: str, secret: str = made.secret) -> str:
            try:
                invitations.accept(ctx, person_id, secret)
            except Gone:
                return "late"
            return "member"

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(use, people)) == ["late", "member"]
        assert sum(bool(roles_of(ctx, person_id)) for person_id in people) == 1


def test_the_secret_is_nowhere_in_the_database(ctx: Context, ada: Actor) -> None:
    made = invite(ctx, ada)
    with ctx.database.reading() as session:
        (row,) = session.scalars(select(InvitationRow)).all()
        kept = [str(getattr(row, column.key)) for column in InvitationRow.__table__.columns]
        entries, _total = audit.find(session, AuditQuery(), 10)
    assert not any(made.secret in value for value in [*kept, *map(str, entries)])


def test_a_link_ends_when_its_days_are_over(ctx: Context, ada: Actor, clock: Clock) -> None:
    made = invitations.create(ctx, ada, "nordwerk", ["analyst"], "für Bob", 3)
    clock.tick(days=3)
    with pytest.raises(Gone):
        invitations.accept(ctx, "bob", made.secret)


def test_a_revoked_link_lets_nobody_in(ctx: Context, ada: Actor) -> None:
    made = invite(ctx, ada)
    invitations.revoke(ctx, ada, "nordwerk", made.id)
    with pytest.raises(Gone):
        invitations.accept(ctx, "bob", made.secret)
    with pytest.raises(NotFound):
        invitations.revoke(ctx, ada, "nordwerk", made.id)
    assert acts_of(ctx, "nordwerk") == ["invitation.made", "invitation.revoked"]


def test_who_has_the_roles_already_does_not_use_the_link_up(ctx: Context, ada: Actor) -> None:
    made = invite(ctx, ada, "admin")
    with pytest.raises(Conflict):
        invitations.accept(ctx, "ada", made.secret)
    assert invitations.accept(ctx, "bob", made.secret).roles == (Role.ADMIN,)


def test_a_member_may_be_invited_to_a_further_role_or_organisation(ctx: Context, ada: Actor) -> None:
    invitations.accept(ctx, "ada", invite(ctx, ada, "publisher", "admin").secret)
    assert roles_of(ctx, "ada") == {Role.ADMIN, Role.PUBLISHER}
    add_person(ctx, "eva", "suedwerk", Role.ADMIN)
    invitations.accept(ctx, "ada", invite(ctx, acting_as(ctx, "eva", "suedwerk"), "analyst").secret)
    assert roles_of(ctx, "ada", "suedwerk") == {Role.ANALYST}


@pytest.mark.parametrize("secret", ["", "a" * 43, "ä" * 43, "a" * 5000, "../../etc"])
def test_what_is_no_link_is_not_found(ctx: Context, ada: Actor, secret: str) -> None:
    invite(ctx, ada)
    with pytest.raises(NotFound):
        invitations.accept(ctx, "bob", secret)


@pytest.mark.parametrize(
    ("roles", "note", "days", "fields"),
    [
        ([], "für Bob", 14, ["roles"]),
        (["king"], "für Bob", 14, ["roles"]),
        (["operator"], "für Bob", 14, ["roles"]),
        (["coordination"], "für Bob", 14, ["roles"]),
        (["publisher"], " ", 14, ["note"]),
        (["publisher"], "x" * 201, 14, ["note"]),
        (["publisher"], "für\x00Bob", 0, ["note", "days"]),
        (["publisher"], "für Bob", 91, ["days"]),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused_by_field(
    ctx: Context, ada: Actor, roles: list[str], note: str, days: int, fields: list[str]
) -> None:
    with pytest.raises(InvalidInput) as error:
        invitations.create(ctx, ada, "nordwerk", roles, note, days)
    assert [one.field for one in error.value.errors] == fields


def test_an_admin_of_one_organisation_finds_nothing_of_another(ctx: Context, ada: Actor) -> None:
    add_person(ctx, "eva", "suedwerk", Role.ADMIN)
    eva = acting_as(ctx, "eva", "suedwerk")
    made = invite(ctx, ada)
    attempts = (
        lambda: invitations.create(ctx, eva, "nordwerk", ["publisher"], "für Eva"),
        lambda: invitations.list_invitations(ctx, eva, "nordwerk"),
        lambda: invitations.revoke(ctx, eva, "nordwerk", made.id),
        lambda: invitations.revoke(ctx, eva, "suedwerk", made.id),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert invitations.offered(ctx, made.secret).organisation.id == "nordwerk"


def test_an_operator_invites_the_first_admin_of_any_organisation(ctx: Context) -> None:
    made = invitations.create(ctx, shelf.OPERATOR, "stadt", ["admin", "authority"], "für Bob")
    invitations.accept(ctx, "bob", made.secret)
    assert roles_of(ctx, "bob", "stadt") == {Role.ADMIN, Role.AUTHORITY}


def test_who_administers_nothing_invites_nobody(ctx: Context) -> None:
    for actor, error in ((shelf.NORTH, Forbidden), (None, MarketplaceError)):
        with pytest.raises(error):
            invitations.create(ctx, actor, "nordwerk", ["publisher"], "für Bob")


def test_an_admin_who_was_removed_does_not_come_back_by_an_own_link(ctx: Context, ada: Actor) -> None:
    add_person(ctx, "eva", "nordwerk", Role.ADMIN)
    eva = acting_as(ctx, "eva", "nordwerk")
    kept, of_eva = invite(ctx, ada, "admin"), invite(ctx, eva)
    members.remove(ctx, eva, "nordwerk", "ada")
    for attempt in (
        lambda: invitations.accept(ctx, "ada", kept.secret),
        lambda: invitations.offered(ctx, kept.secret),
    ):
        with pytest.raises(Gone):
            attempt()
    assert roles_of(ctx, "ada") == set()
    assert invitations.accept(ctx, "bob", of_eva.secret).roles == (Role.PUBLISHER,)
