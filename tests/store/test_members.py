"""Members of an organisation: their roles, and the admin who must not be the last to leave, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.actions import members
from marketplace.actions.context import Context
from marketplace.actions.left_tokens import own_tokens_left, tokens_left, tokens_without_keeper
from marketplace.actions.tokens import actor_of_token, create_token, list_tokens
from marketplace.domain.access import Actor, Role
from marketplace.errors import Conflict, Forbidden, InvalidInput, NotFound
from marketplace.store import audit, memberships
from marketplace.store.audit import AuditQuery
from tests import shelf
from tests.members import acting_as, add_person


@pytest.fixture
def ctx(context: Context) -> Context:
    shelf.fill(context)
    add_person(context, "ada", "nordwerk", Role.ADMIN)
    add_person(context, "bob", "nordwerk", Role.PUBLISHER)
    add_person(context, "eva", "suedwerk", Role.ADMIN)
    return context


@pytest.fixture
def ada(ctx: Context) -> Actor:
    """The admin of Nordwerk."""
    return acting_as(ctx, "ada", "nordwerk")


def roles_of(ctx: Context, person_id: str, organisation_id: str = "nordwerk") -> set[Role]:
    with ctx.database.reading() as session:
        return set(memberships.roles_of(session, organisation_id, person_id))


def log_of(ctx: Context, organisation_id: str) -> list[tuple[str, object]]:
    with ctx.database.reading() as session:
        found, _total = audit.find(session, AuditQuery(object_id=organisation_id), 50)
    return [(entry.act, entry.detail.get("role")) for _id, entry in reversed(found)]


def test_an_admin_sees_the_members_and_the_roles_that_fit(ctx: Context, ada: Actor) -> None:
    found = members.list_members(ctx, ada, "nordwerk")
    assert [(one.name, one.roles) for one in found.members] == [
        ("Ada", (Role.ADMIN,)), ("Bob", (Role.PUBLISHER,)),
    ]  # fmt: skip
    assert found.roles == [Role.PUBLISHER, Role.REVIEWER, Role.AUTHORITY, Role.ANALYST, Role.ADMIN]


def test_an_admin_gives_and_takes_roles_and_the_log_names_each(ctx: Context, ada: Actor) -> None:
    given = members.set_roles(ctx, ada, "nordwerk", "bob", ["reviewer", "admin"])
    assert given == (Role.REVIEWER, Role.ADMIN)
    assert roles_of(ctx, "bob") == {Role.REVIEWER, Role.ADMIN}
    assert log_of(ctx, "nordwerk") == [
        ("role.granted", "reviewer"), ("role.granted", "admin"), ("role.taken", "publisher"),
    ]  # fmt: skip
    members.set_roles(ctx, ada, "nordwerk", "bob", ["reviewer", "admin"])
    assert len(log_of(ctx, "nordwerk")) == 3


@pytest.mark.parametrize(
    ("roles", "rule"),
    [([], "required"), (["king"], "choice"), (["coordination"], "kind"), (["operator"], "kind")],
)
def test_a_role_that_cannot_be_given_is_refused_and_nothing_changes(
    ctx: Context, ada: Actor, roles: list[str], rule: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        members.set_roles(ctx, ada, "nordwerk", "bob", roles)
    assert [(one.field, one.rule) for one in error.value.errors] == [("roles", rule)]
    assert roles_of(ctx, "bob") == {Role.PUBLISHER}
    assert log_of(ctx, "nordwerk") == []


def test_a_removed_member_belongs_no_more(ctx: Context, ada: Actor) -> None:
    members.remove(ctx, ada, "nordwerk", "bob")
    assert roles_of(ctx, "bob") == set()
    assert log_of(ctx, "nordwerk") == [("member.removed", None)]
    with pytest.raises(NotFound):
        members.remove(ctx, ada, "nordwerk", "bob")


def test_the_last_admin_neither_leaves_nor_loses_the_role(ctx: Context, ada: Actor) -> None:
    refused: tuple[Callable[[], object], ...] = (
        lambda: members.leave(ctx, ada),
        lambda: members.remove(ctx, ada, "nordwerk", "ada"),
        lambda: members.set_roles(ctx, ada, "nordwerk", "ada", ["publisher"]),
        lambda: members.remove(ctx, shelf.OPERATOR, "nordwerk", "ada"),
    )
    for attempt in refused:
        with pytest.raises(Conflict):
            attempt()
    assert roles_of(ctx, "ada") == {Role.ADMIN}
    members.set_roles(ctx, ada, "nordwerk", "bob", ["admin"])
    members.leave(ctx, ada)
    assert roles_of(ctx, "ada") == set()


def test_of_two_admins_who_leave_at_once_one_stays(ctx: Context) -> None:
    for number in range(5):
        organisation = "suedwerk" if number % 2 else "nordwerk"
        admins = sorted(holders(ctx, organisation))
        if len(admins) == 1:
            add_person(ctx, f"admin-{number}", organisation, Role.ADMIN)
            admins.append(f"admin-{number}")

        def leave(person_id: str, organisation: str = organisation) -> str:
            try:
                members.leave(ctx, acting_as(ctx, person_id, organisation))
            except Conflict:
                return "stays"
            return "left"

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(leave, admins)) == ["left", "stays"]
        assert len(holders(ctx, organisation)) == 1


def holders(ctx: Context, organisation_id: str) -> set[str]:
    with ctx.database.reading() as session:
        return memberships.holders(session, organisation_id)[Role.ADMIN]


def test_the_last_operator_stays_and_only_operators_make_operators(ctx: Context) -> None:
    add_person(ctx, "ole", "betrieb", Role.OPERATOR)
    add_person(ctx, "kim", "betrieb", Role.ADMIN)
    ole, kim = acting_as(ctx, "ole", "betrieb"), acting_as(ctx, "kim", "betrieb")
    with pytest.raises(Conflict):
        members.leave(ctx, ole)
    for roles, person_id in ((["operator", "admin"], "kim"), (["analyst"], "ole")):
        with pytest.raises(InvalidInput) as error:
            members.set_roles(ctx, kim, "betrieb", person_id, roles)
        assert [one.rule for one in error.value.errors] == ["rank"]
    with pytest.raises(InvalidInput):
        members.remove(ctx, kim, "betrieb", "ole")
    members.set_roles(ctx, ole, "betrieb", "kim", ["admin", "operator"])
    members.leave(ctx, ole)
    assert roles_of(ctx, "kim", "betrieb") == {Role.ADMIN, Role.OPERATOR}


def test_an_admin_of_one_organisation_finds_nobody_of_another(ctx: Context) -> None:
    eva = acting_as(ctx, "eva", "suedwerk")
    attempts: tuple[Callable[[], object], ...] = (
        lambda: members.list_members(ctx, eva, "nordwerk"),
        lambda: members.set_roles(ctx, eva, "nordwerk", "bob", ["admin"]),
        lambda: members.set_roles(ctx, eva, "suedwerk", "bob", ["admin"]),
        lambda: members.remove(ctx, eva, "nordwerk", "bob"),
        lambda: members.remove(ctx, eva, "suedwerk", "bob"),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert roles_of(ctx, "bob") == {Role.PUBLISHER}


def test_who_is_no_admin_manages_no_members_but_may_leave(ctx: Context) -> None:
    bob = acting_as(ctx, "bob", "nordwerk")
    with pytest.raises(Forbidden):
        members.list_members(ctx, bob, "nordwerk")
    with pytest.raises(Forbidden):
        members.set_roles(ctx, bob, "nordwerk", "bob", ["admin"])
    members.leave(ctx, bob)
    assert roles_of(ctx, "bob") == set()


def test_a_machine_leaves_nothing(ctx: Context) -> None:
    with pytest.raises(NotFound):
        members.leave(ctx, shelf.NORTH)


def test_tokens_that_a_removed_member_made_end_but_for_those_that_are_kept(ctx: Context, ada: Actor) -> None:
    add_person(ctx, "ina", "nordwerk", Role.ADMIN)
    ina = acting_as(ctx, "ina", "nordwerk")
    nightly, forgotten = (create_token(ctx, "nordwerk", "publisher", by=ina, name=name) for name in "ab")
    others = create_token(ctx, "nordwerk", "publisher", by=ada)
    left = tokens_left(ctx, ada, "nordwerk", "ina")
    assert {one.prefix for one in left} == {nightly.prefix, forgotten.prefix}
    kept = next(one.id for one in left if one.prefix == nightly.prefix)
    members.remove(ctx, ada, "nordwerk", "ina", [kept])
    good = [actor_of_token(ctx, one.secret) is not None for one in (nightly, forgotten, others)]
    assert good == [True, False, True]
    assert {act for act, _ in log_of(ctx, "nordwerk")[-2:]} == {"token.kept", "token.revoked"}
    assert tokens_without_keeper(ctx, ada, "nordwerk") == {kept}


def test_who_loses_the_administration_or_leaves_takes_no_token_along(ctx: Context, ada: Actor) -> None:
    members.set_roles(ctx, ada, "nordwerk", "bob", ["admin", "publisher"])
    bob = acting_as(ctx, "bob", "nordwerk")
    made = create_token(ctx, "nordwerk", "publisher", by=bob)
    assert [one.prefix for one in own_tokens_left(ctx, bob)] == [made.prefix]
    members.set_roles(ctx, ada, "nordwerk", "bob", ["admin"])
    assert actor_of_token(ctx, made.secret) is not None
    members.set_roles(ctx, ada, "nordwerk", "bob", ["publisher"])
    assert actor_of_token(ctx, made.secret) is None
    own = create_token(ctx, "nordwerk", "publisher", by=ada)
    members.set_roles(ctx, ada, "nordwerk", "bob", ["admin"])
    (token, *_older) = list_tokens(ctx, ada, "nordwerk")
    members.remove(ctx, ada, "nordwerk", "ada", [token.id])
    assert actor_of_token(ctx, own.secret) is None


def test_an_operator_who_goes_leaves_no_token_in_any_organisation(ctx: Context, ada: Actor) -> None:
    for person_id in ("ole", "kim"):
        add_person(ctx, person_id, "betrieb", Role.OPERATOR)
    ole, kim = acting_as(ctx, "ole", "betrieb"), acting_as(ctx, "kim", "betrieb")
    made = create_token(ctx, "nordwerk", "publisher", by=ole)
    others = create_token(ctx, "nordwerk", "publisher", by=ada)
    members.remove(ctx, kim, "betrieb", "ole")
    assert actor_of_token(ctx, made.secret) is None
    assert actor_of_token(ctx, others.secret) is not None
    assert log_of(ctx, "nordwerk")[-1] == ("token.revoked", None)
