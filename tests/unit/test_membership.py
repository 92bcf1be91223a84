"""Which roles fit which organisation, and who must not be the last to leave."""

import pytest

from marketplace.domain.catalogue import OrganisationKind
from marketplace.domain.membership import left_without, role_error, roles_of_kind
from marketplace.domain.roles import Role

FITTING = """
kind         | publisher | reviewer | authority | coordination | analyst | admin | operator
provider     | yes       | yes      | yes       |              | yes     | yes   |
authority    | yes       | yes      | yes       |              | yes     | yes   |
association  | yes       | yes      | yes       |              | yes     | yes   |
coordination |           |          |           | yes          | yes     | yes   |
policy       |           |          |           |              | yes     | yes   |
operator     |           |          |           |              | yes     | yes   | yes
"""


def test_roles_fit_the_kind_of_organisation_as_the_table_says() -> None:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in FITTING.strip().splitlines()]
    assert {row[0] for row in rows} == set(OrganisationKind)
    assert set(head[1:]) == set(Role)
    for kind, *cells in rows:
        wanted = {role for role, cell in zip(head[1:], cells, strict=True) if cell == "yes"}
        assert set(roles_of_kind(OrganisationKind(kind))) == wanted, kind


@pytest.mark.parametrize(
    ("role", "kind", "bound", "by_operator", "rule"),
    [
        (Role.OPERATOR, OrganisationKind.PROVIDER, True, True, "kind"),
        (Role.PUBLISHER, OrganisationKind.POLICY, True, True, "kind"),
        (Role.AUTHORITY, OrganisationKind.AUTHORITY, False, True, "region"),
        (Role.COORDINATION, OrganisationKind.COORDINATION, False, True, "region"),
        (Role.OPERATOR, OrganisationKind.OPERATOR, False, False, "rank"),
        (Role.OPERATOR, OrganisationKind.OPERATOR, False, True, None),
        (Role.AUTHORITY, OrganisationKind.ASSOCIATION, False, False, None),
        (Role.AUTHORITY, OrganisationKind.PROVIDER, False, False, None),
        (Role.PUBLISHER, OrganisationKind.PROVIDER, False, False, None),
    ],
)
def test_a_role_that_cannot_be_given_says_why(
    role: Role, kind: OrganisationKind, bound: bool, by_operator: bool, rule: str | None
) -> None:
    error = role_error(role, kind, bound=bound, by_operator=by_operator)
    assert (error.rule if error else None) == rule


def test_the_last_admin_stays() -> None:
    holders = {Role.ADMIN: {"ada"}, Role.PUBLISHER: {"ada", "bob"}}
    provider = OrganisationKind.PROVIDER
    assert left_without(provider, holders, "ada", [Role.ADMIN]) is Role.ADMIN
    assert left_without(provider, holders, "ada", [Role.PUBLISHER]) is None
    assert left_without(provider, holders, "bob", list(Role)) is None
    assert left_without(provider, {Role.ADMIN: {"ada", "bob"}}, "ada", [Role.ADMIN]) is None
    assert left_without(provider, {Role.PUBLISHER: {"ada"}}, "ada", list(Role)) is None


def test_the_last_operator_stays_too() -> None:
    holders = {Role.OPERATOR: {"ada"}}
    assert left_without(OrganisationKind.OPERATOR, holders, "ada", [Role.OPERATOR]) is Role.OPERATOR
    assert left_without(OrganisationKind.PROVIDER, holders, "ada", [Role.OPERATOR]) is None
