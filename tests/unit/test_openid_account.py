"""What an ID token says, as the marketplace reads it; no provider is asked here."""

from typing import Any

import pytest

from marketplace.domain.openid_account import RoleSource, account_of, pairs_of
from marketplace.domain.roles import Role
from marketplace.errors import InvalidInput

TOKEN = {"iss": "https://login.example.org", "sub": "42", "name": "Rosa Redaktion", "email": "r@example.org"}
ROLES = {"redaktion": Role.PUBLISHER, "/it/prüfung": Role.REVIEWER}


def source(**changes: Any) -> RoleSource:
    return RoleSource(
        **{
            "organisation_field": "org",
            "roles_field": "groups",
            "roles": ROLES,
            "organisations": {},
            **changes,
        }
    )


def roles_in(statement: dict[str, Any], given: RoleSource) -> dict[str, set[Role]]:
    roles = account_of(statement, given).roles
    assert roles is not None
    return {organisation: set(several) for organisation, several in roles.items()}


def test_a_statement_names_the_person() -> None:
    account = account_of(TOKEN, None)
    assert (account.issuer, account.subject) == ("https://login.example.org", "42")
    assert (account.name, account.email, account.roles) == ("Rosa Redaktion", "r@example.org", None)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"name": ""}, "rosa"),
        ({"name": None, "preferred_username": " "}, "r@example.org"),
        ({"name": "Ro\nsa\x00 R"}, "Ro sa R"),
        ({"name": "x" * 500}, "x" * 200),
        ({"name": 7, "preferred_username": None, "email": None}, "42"),
    ],
)
def test_a_name_is_always_one_line_that_fits(said: dict[str, Any], name: str) -> None:
    assert account_of({**TOKEN, "preferred_username": "rosa", **said}, None).name == name


@pytest.mark.parametrize("said", [{"email_verified": False}, {"email": "x" * 255}, {"email": 7}])
def test_an_address_that_nobody_vouches_for_is_left_out(said: dict[str, Any]) -> None:
    assert account_of({**TOKEN, **said}, None).email is None


@pytest.mark.parametrize(
    ("field", "value"), [("iss", None), ("iss", "x" * 301), ("sub", ""), ("sub", 7), ("sub", "x" * 256)]
)
def test_without_issuer_and_subject_it_is_nobodys_account(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        account_of({**TOKEN, field: value}, None)
    assert refused.value.errors[0].field == field


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        ({"org": "dataport", "groups": ["redaktion"]}, {"dataport": {Role.PUBLISHER}}),
        ({"org": ["a", "b"], "groups": "redaktion"}, {"a": {Role.PUBLISHER}, "b": {Role.PUBLISHER}}),
        (
            {"org": "dataport", "groups": ["/it/prüfung", "redaktion", "king"]},
            {"dataport": {Role.PUBLISHER, Role.REVIEWER}},
        ),
        ({"org": "dataport", "groups": ["king"]}, {}),
        ({"org": "dataport"}, {}),
        ({"groups": ["redaktion"]}, {}),
        ({"org": {"id": "dataport"}, "groups": [["redaktion"], {"a": 1}]}, {}),
    ],
)
def test_its_fields_say_which_roles_somebody_has_where(
    said: dict[str, Any], roles: dict[str, set[Role]]
) -> None:
    assert roles_in({**TOKEN, **said}, source()) == roles


def test_a_dot_goes_one_level_down_unless_a_field_is_called_so() -> None:
    deep = source(roles_field="realm_access.roles")
    said = {**TOKEN, "org": "dataport", "realm_access": {"roles": ["redaktion"]}}
    assert roles_in(said, deep) == {"dataport": {Role.PUBLISHER}}
    assert roles_in({**said, "realm_access.roles": ["/it/prüfung"]}, deep) == {"dataport": {Role.REVIEWER}}


def test_organisations_can_have_names_of_their_own_at_the_provider() -> None:
    named = source(organisations={"/kunden/dp": "dataport"})
    said = {**TOKEN, "org": ["/kunden/dp", "/kunden/x"], "groups": ["redaktion"]}
    assert roles_in(said, named) == {"dataport": {Role.PUBLISHER}}


def test_pairs_are_read_at_the_last_equals_sign() -> None:
    assert pairs_of(" cn=it,  b = c,") == {"cn": "it", "b": "c"}
    assert pairs_of("cn=leitung=admin") == {"cn=leitung": "admin"}
    assert pairs_of("") == {}


@pytest.mark.parametrize("text", ["a", "a=", "=b", "a=b,a=c"])
def test_what_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"pair|twice"):
        pairs_of(text)
