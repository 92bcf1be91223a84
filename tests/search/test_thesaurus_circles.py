"""Rows of the thesaurus that lead to each other: each is followed once, on each engine."""

from collections.abc import Callable

from marketplace.actions.context import Context
from marketplace.actions.thesaurus import add_row
from tests import land
from tests.search.conftest import arrive, found

Publish = Callable[..., None]


def test_rows_that_lead_to_each_other_do_no_harm(either: Context, publish: Publish) -> None:
    publish(either, "heirat", name="Eheschließung")
    publish(either, "angeln")
    arrive(either)
    for row in (
        {"left": "Bettlaken", "right": ["Kopfkissen"]},
        {"left": "Kopfkissen", "right": ["Bettlaken", "Eheschließung"]},
        {"left": "Eheschließung", "right": ["Kopfkissen"], "direction": "both"},
    ):
        add_row(either, land.OPERATOR, row)
    assert found(either, "Kopfkissen") == ["heirat"]
    assert found(either, "Bettlaken") == []
    assert found(either, "Eheschließung") == ["heirat"]


def test_wordings_of_several_words_may_lead_to_each_other(either: Context, publish: Publish) -> None:
    publish(either, "zulassung", name="Kraftrad stilllegen")
    publish(either, "angeln")
    arrive(either)
    add_row(
        either,
        land.OPERATOR,
        {"left": "Moped loswerden", "right": ["Kraftrad stilllegen"], "direction": "both"},
    )
    add_row(
        either,
        land.OPERATOR,
        {"left": "Kraftrad stilllegen", "right": ["Moped loswerden"], "direction": "both"},
    )
    assert found(either, "Moped loswerden") == found(either, "Kraftrad stilllegen") == ["zulassung"]
