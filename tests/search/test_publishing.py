"""From a write to a result, on each engine."""

from collections.abc import Callable

from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.search import search
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from marketplace.actions.suggesting import suggest
from tests import land
from tests.search.conftest import arrive

Publish = Callable[..., None]


def found(ctx: Context, q: str) -> list[str]:
    arrive(ctx)
    return [item.id for item in search(ctx, q, "services", {}, PageRequest()).items]


def test_a_published_entry_is_found(either: Context, publish: Publish) -> None:
    assert found(either, "Angelschein") == []
    publish(either, "angeln", name="Angelschein")
    assert found(either, "angelscheine") == ["angeln"]


def test_two_words_in_a_description_come_before_one_in_a_name(either: Context, publish: Publish) -> None:
    publish(
        either, "fischerei", name="Fischerei", description="Wer an einem Teich angeln will, meldet sich an."
    )
    publish(either, "teich", name="Teich", summary="Der Teich.", description="Ein Teich bleibt ein Teich.")
    assert found(either, "Teich angeln") == ["fischerei", "teich"]


def test_a_renamed_entry_is_found_by_its_new_name_only(either: Context, publish: Publish) -> None:
    publish(either, "angeln", name="Reisepass")
    patch_service(either, land.OPERATOR, "angeln", {"name": "Fischereierlaubnis"}, 1)
    assert found(either, "Fischereierlaubnis") == ["angeln"]
    assert found(either, "Reisepass") == []


def test_a_withdrawn_entry_is_not_found_and_the_index_agrees_with_the_database(
    either: Context, publish: Publish
) -> None:
    publish(either, "angeln", name="Angelschein")
    publish(either, "jagen", name="Jagdschein")
    assert found(either, "") == ["angeln", "jagen"]
    patch_service(either, land.OPERATOR, "angeln", {"status": "withdrawn"}, 1)
    assert found(either, "") == ["jagen"]
    assert search_index.check(either).report.clean


def test_a_draft_is_not_found(either: Context, publish: Publish) -> None:
    publish(either, "angeln", name="Angelschein", status="draft")
    assert found(either, "Angelschein") == []
    assert search_index.check(either).report.clean


def test_a_withdrawn_row_is_dropped_even_while_the_index_still_holds_it(
    elastic: Context, publish: Publish
) -> None:
    publish(elastic, "angeln", name="Angelschein")
    assert found(elastic, "Angelschein") == ["angeln"]
    patch_service(elastic, land.OPERATOR, "angeln", {"status": "withdrawn"}, ANY_VERSION)
    assert search(elastic, "Angelschein", "services", {}, PageRequest()).items == ()


def test_nothing_is_owed_once_everything_has_arrived(either: Context, publish: Publish) -> None:
    publish(either, "angeln")
    arrive(either)
    status = search_index.status(either)
    assert status.engine.ready
    assert status.engine.entries == {"services": 1, "procedures": 0}
    assert status.outbox is None or status.outbox.size == 0
    assert status.lag_seconds is None


def test_an_entry_is_found_by_its_own_words_from_the_day_it_has_them(
    either: Context, publish: Publish
) -> None:
    publish(either, "fischerei", name="Fischerei")
    publish(
        either, "teich", name="Teichwirtschaft", description="Auch wer einen Schluffi hält, meldet sich an."
    )
    assert found(either, "Petri Heil") == []
    patch_service(either, land.OPERATOR, "fischerei", {"words": ["Petri Heil", "Schluffi"]}, 1)
    assert found(either, "Petri Heil") == ["fischerei"]
    assert found(either, "schluffis") == ["fischerei", "teich"], "said of the entry itself, not in passing"
    assert [one.detail for one in suggest(either, "petri")] == ["Petri Heil"]
    patch_service(either, land.OPERATOR, "fischerei", {"words": ["Wumbel"]}, 2)
    assert (found(either, "Petri Heil"), found(either, "Schluffi")) == ([], ["teich"])
    assert search_index.check(either).report.clean
    assert suggest(either, "petri") == ()


def test_an_entrys_own_words_leave_alone_how_all_others_are_read(either: Context, publish: Publish) -> None:
    """Everybody may change them on any day; a lexicon that learned them would be another one for every entry."""
    publish(either, "fremd", name="Schluffiwumbel")
    arrive(either)
    lexicon = either.engine.reader().state.language.lexicon
    publish(either, "eigen", name="Eigenes", words=["Wumbel", "Wumbelschein"])
    assert found(either, "Wumbel") == ["eigen"]
    assert found(either, "Schein für Wumbel") == ["eigen"], "they are cut as any text is"
    assert either.engine.reader().state.language.lexicon is lexicon
