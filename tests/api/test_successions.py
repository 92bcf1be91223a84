"""Regions after a reform: what a machine reads of predecessors, successors and open work."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.actions.context import Context
from tests import land
from tests.conftest import Clock
from tests.reform import SEESTADT, confirm, file, reform, row, say
from tests.web.pages import Page

OPEN = "/api/v1/regions?open=true"


@pytest.fixture
def client(context: Context, clock: Clock) -> Iterator[FlaskClient]:
    """The small land after a reform nobody has decided on; Seedorf alone is live."""
    land.settle(context)
    say(context, land.SEEDORF, "live", "2025-10-01")
    clock.tick(hours=1)
    reform(context)
    clock.tick(hours=1)
    app = create_app(context)
    app.testing = True
    with app.test_client() as found:
        yield found


def test_ended_regions_without_a_decision_are_open_work(client: FlaskClient, context: Context) -> None:
    body = client.get(OPEN).get_json()
    assert [(item["key"], item["valid_to"]) for item in body["items"]] == [
        (land.SEEDORF, "2026-03-31"), (land.SEEHEIM, "2026-03-31"), (land.FOREST, "2026-03-31"),
    ]  # fmt: skip
    assert client.get(f"{OPEN}&page_size=1&page=2").get_json()["items"][0]["key"] == land.SEEHEIM
    ended = client.get(f"/api/v1/regions/{land.SEEDORF}").get_json()
    assert (ended["ended_on"], ended["open"], ended["successors"]) == ("2026-03-31", True, [])
    confirm(context)
    assert [item["key"] for item in client.get(OPEN).get_json()["items"]] == [land.FOREST]


def test_both_sides_name_each_other_with_day_and_source(client: FlaskClient, context: Context) -> None:
    confirm(context)
    ended = client.get("/api/v1/regions/09170101").get_json()
    assert (ended["key"], ended["ended_on"], ended["open"]) == (land.SEEDORF, "2026-01-01", False)
    assert ended["successors"] == [
        {
            "key": SEESTADT, "name": "Seestadt", "kind": "municipality", "succession": "merged",
            "effective_on": "2026-01-01", "source": "GVBl.",
        }
    ]  # fmt: skip
    new = client.get(f"/api/v1/regions/{SEESTADT}").get_json()
    assert [one["name"] for one in new["predecessors"]] == ["Seedorf", "Seeheim"]
    assert (new["ended_on"], new["open"], new["former_names"], new["former_keys"]) == (None, False, [], [])


def test_the_pages_say_what_ended_what_became_of_it_and_what_is_asked(
    client: FlaskClient, context: Context
) -> None:
    before = Page(client.get(f"/regionen/{land.SEEDORF}").text).text
    assert "Diese Region gibt es seit dem 31.03.2026 nicht mehr." in before
    assert "noch nicht entschieden" in before
    assert "/regionen?offen=1" in client.get("/regionen").text
    waiting = Page(client.get("/regionen?offen=1").text).text
    assert "3 Regionen gefunden" in waiting
    assert "Seeheim" in waiting
    confirm(context)
    after = Page(client.get(f"/regionen/{land.SEEDORF}").text).text
    assert "nicht mehr" in after
    assert "noch nicht entschieden" not in after
    assert "Aufgegangen in: Seestadt (091705101109, 01.01.2026, Quelle: GVBl.)" in after
    new = Page(client.get(f"/regionen/{SEESTADT}").text).text
    assert "Hervorgegangen aus: Seedorf" in new
    assert "die Vorgänger hatten nicht alle denselben Stand" in new


def test_the_permanent_link_of_a_region_says_the_same_whatever_is_decided_later(
    client: FlaskClient, context: Context, clock: Clock
) -> None:
    asked = f"/regionen/{land.SEEDORF}?as_of=2026-02-01&known_at={context.clock().isoformat()[:19]}Z"
    before = Page(client.get(asked).text)
    facts = [one.text for one in before.all("dl")]
    assert "Stichtag 01.02.2026" in facts[0]
    clock.tick(hours=1)
    confirm(context)
    after = Page(client.get(asked).text)
    assert [one.text for one in after.all("dl")] == facts
    names = ("Feste Adresse dieser Zahlen", "Alle Dienste als CSV", "Frühere Stände als CSV")
    for name in [name for name in names if name in before.links()]:
        assert after.links()[name] == before.links()[name]
    assert "Nach heutigem Wissen gibt es diese Region seit dem 01.01.2026 nicht mehr." in after.text
    api = f"/api/v1/regions/{land.SEEDORF}{asked[asked.index('?') :]}"
    assert client.get(api).get_json()["ended_on"] is None


def test_a_town_that_was_there_before_took_parts_in_and_was_not_made_of_them(
    client: FlaskClient, context: Context
) -> None:
    halves = (row(land.SEEDORF, key, "split") for key in (SEESTADT, land.BERGSTADT))
    confirm(context, file(*halves, row(land.SEEHEIM, SEESTADT)))
    pages = {
        key: Page(client.get(f"/regionen/{key}").text).text
        for key in (SEESTADT, land.BERGSTADT, land.SEEDORF)
    }
    part = "teilweise, 091705101101, 01.01.2026, Quelle: GVBl."
    assert f"Eingegliedert: Seedorf ({part})" in pages[land.BERGSTADT]
    assert "Hervorgegangen" not in pages[land.BERGSTADT]
    assert f"Hervorgegangen aus: Seedorf ({part}); Seeheim (091705101102," in pages[SEESTADT]
    assert "Eingegliedert" not in pages[SEESTADT]
    ended = pages[land.SEEDORF]
    assert "Aufgegangen in: Bergstadt (teilweise, 091700103103, 01.01.2026" in ended
    assert "; Seestadt (teilweise, 091705101109, 01.01.2026" in ended


def test_a_status_that_was_taken_over_is_marked_on_the_page(client: FlaskClient, context: Context) -> None:
    say(context, land.SEEHEIM, "live", "2025-11-01")
    confirm(context)
    assert "von den Vorgängern übernommen" in Page(client.get(f"/regionen/{SEESTADT}").text).text
