"""What somebody typed is kept for that person and that form, until it is sent."""

from dataclasses import replace

import pytest

from marketplace.actions.context import Context
from marketplace.actions.form_drafts import MAX_CHARACTERS, MAX_FIELDS, forget_form, keep_form, kept_form
from marketplace.domain.access import Actor, Role
from marketplace.errors import Forbidden, InvalidInput
from marketplace.store.tables import PersonRow
from tests.conftest import Clock

FORM = "service:elfe"


@pytest.fixture
def somebody(context: Context, clock: Clock) -> Actor:
    """A person who publishes, beside another one."""
    with context.database.writing() as session:
        for person_id in ("p1", "p2"):
            session.add(PersonRow(id=person_id, name=person_id, is_demo=False, created_at=clock()))
    return replace(Actor.of("Jemand", "dataport", Role.PUBLISHER), person_id="p1")


def test_what_is_typed_is_kept_and_replaced_by_what_is_typed_later(
    context: Context, clock: Clock, somebody: Actor
) -> None:
    assert kept_form(context, somebody, FORM) is None
    keep_form(context, somebody, FORM, {"name": "alt", "offers.0.price": "1"})
    later = clock.tick(seconds=5)
    keep_form(context, somebody, FORM, {"name": "neu"})
    kept = kept_form(context, somebody, FORM)
    assert kept is not None
    assert (kept.content, kept.saved_at) == ({"name": "neu"}, later)


def test_nobody_else_and_no_other_form_sees_it(context: Context, somebody: Actor) -> None:
    keep_form(context, somebody, FORM, {"name": "meins"})
    assert kept_form(context, replace(somebody, person_id="p2"), FORM) is None
    assert kept_form(context, replace(somebody, person_id=None), FORM) is None
    assert kept_form(context, somebody, "service:bundid") is None


def test_what_was_sent_is_forgotten(context: Context, somebody: Actor) -> None:
    for form in (FORM, "service:new"):
        keep_form(context, somebody, form, {"name": "N"})
    forget_form(context, somebody, FORM)
    assert kept_form(context, somebody, FORM) is None
    assert kept_form(context, somebody, "service:new") is not None


def test_characters_that_no_database_keeps_are_replaced(context: Context, somebody: Actor) -> None:
    keep_form(context, somebody, FORM, {"name": "a\x00b\ud800c<script>"})
    kept = kept_form(context, somebody, FORM)
    assert kept is not None
    assert kept.content["name"] == "a\ufffdb\ufffdc<script>"


def test_too_much_is_refused_and_what_was_kept_stays(context: Context, somebody: Actor) -> None:
    keep_form(context, somebody, FORM, {"name": "kurz"})
    for much in ({"name": "x" * MAX_CHARACTERS}, {str(number): "" for number in range(MAX_FIELDS + 1)}):
        with pytest.raises(InvalidInput):
            keep_form(context, somebody, FORM, much)
    kept = kept_form(context, somebody, FORM)
    assert kept is not None
    assert kept.content == {"name": "kurz"}


def test_a_machine_types_nothing(context: Context, somebody: Actor) -> None:
    with pytest.raises(Forbidden):
        keep_form(context, replace(somebody, person_id=None), FORM, {})
