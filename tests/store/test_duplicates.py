"""Likely duplicates of the stored catalogue: as it stands now, and only what one may know of."""

import pytest

from marketplace.actions.context import Context
from marketplace.actions.duplicates import likely_duplicates
from marketplace.actions.revisions import discard_revision
from marketplace.actions.service_writing import ANY_VERSION, patch_service, put_service
from marketplace.errors import Forbidden, InvalidInput, Unauthenticated
from tests import shelf


@pytest.fixture
def stocked(context: Context) -> Context:
    shelf.fill(context)
    published = shelf.entry(leika_keys=[shelf.REGISTER_MARRIAGE], lead_state="02")
    put_service(context, shelf.OPERATOR, "ehe-online", published, None)
    draft = shelf.entry(name="Elterngeld digital", publisher="suedwerk", status="draft")
    put_service(context, shelf.OPERATOR, "elterngeld", draft, None)
    return context


def names(context: Context, actor: object, **fields: object) -> list[str]:
    return [one.id for one in likely_duplicates(context, actor, fields)]  # type: ignore[arg-type]  # one of the shelf's actors


def test_a_published_entry_is_found_by_its_name_and_by_its_keys(stocked: Context) -> None:
    assert names(stocked, shelf.NORTH, name="EfA-Ehe") == ["ehe-online"]
    keyed = {"name": "Trauung", "lead_state": "02", "leika_keys": [shelf.REGISTER_MARRIAGE]}
    assert names(stocked, shelf.NORTH, **keyed) == ["ehe-online"]
    assert names(stocked, shelf.NORTH, name="EfA-Ehe", id="ehe-online") == []


def test_a_draft_is_named_to_its_publisher_and_to_operators_only(stocked: Context) -> None:
    assert names(stocked, shelf.NORTH, name="Elterngeld") == []
    assert names(stocked, shelf.SOUTH, name="Elterngeld") == ["elterngeld"]
    assert names(stocked, shelf.OPERATOR, name="Elterngeld") == ["elterngeld"]


def test_what_is_compared_follows_the_catalogue(stocked: Context) -> None:
    assert names(stocked, shelf.NORTH, name="Trauung") == []
    patch_service(stocked, shelf.OPERATOR, "ehe-online", {"name": "Trauung"}, ANY_VERSION)
    assert names(stocked, shelf.NORTH, name="Trauung") == ["ehe-online"]
    patch_service(stocked, shelf.OPERATOR, "ehe-online", {"status": "withdrawn"}, ANY_VERSION)
    assert names(stocked, shelf.OPERATOR, name="Trauung") == []


def test_a_draft_that_was_discarded_is_named_no_more(stocked: Context) -> None:
    assert names(stocked, shelf.SOUTH, name="Elterngeld") == ["elterngeld"]
    discard_revision(stocked, shelf.SOUTH, "elterngeld", "*")
    assert names(stocked, shelf.SOUTH, name="Elterngeld") == []


def test_what_breaks_a_rule_is_refused_by_field(stocked: Context) -> None:
    with pytest.raises(InvalidInput) as refused:
        likely_duplicates(
            stocked, shelf.NORTH, {"leika_keys": ["12"], "lead_state": "77", "colour": "blue", "part_of": "?"}
        )
    assert {(one.field, one.rule) for one in refused.value.errors} == {
        ("name", "required"),
        ("leika_keys.0", "format"),
        ("lead_state", "format"),
        ("colour", "unknown"),
        ("part_of", "format"),
    }


def test_only_who_works_on_entries_asks(stocked: Context) -> None:
    with pytest.raises(Forbidden):
        likely_duplicates(stocked, shelf.CLERK, {"name": "Ehe"})
    with pytest.raises(Unauthenticated):
        likely_duplicates(stocked, None, {"name": "Ehe"})
