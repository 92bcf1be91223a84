"""What a list of results reads of its entries, on both databases."""

from dataclasses import replace

from marketplace.actions.adoptions import AdoptionRow, ServiceStanding
from marketplace.actions.context import Context
from marketplace.domain.adoption import Status
from marketplace.store import found_entries
from tests import land


def test_only_published_services_are_read(context: Context) -> None:
    land.settle(context)
    land.add_service(context, "entwurf", status="draft")
    with context.database.reading() as session:
        found = found_entries.found_services(session, ["entwurf", "wohnsitz", "nirgends"])
    assert list(found) == ["wohnsitz"]
    assert (found["wohnsitz"].name, found["wohnsitz"].lead_state) == ("Wohnsitz", land.HAMBURG)


def test_only_what_can_be_found_has_a_place_in_an_order(context: Context) -> None:
    land.settle(context)
    land.add_service(context, "entwurf", status="draft")
    with context.database.reading() as session:
        keys = found_entries.sort_keys(session, "services")
    assert "wohnsitz" in keys
    assert "entwurf" not in keys


def test_procedures_come_by_object_and_key(context: Context) -> None:
    for key, name in (
        ("99102013010000", "Befreiung"),
        ("99102013000000", "Zweitens"),
        ("99102014000000", "Nachbar"),
        ("99102012999999", "Nachbar davor"),
        ("99102013999999", "Letztes"),
    ):
        land.add_procedure(context, key, name)
    with context.database.reading() as session:
        found = found_entries.procedures_by_object(session, ["99102013", "99000000"])
        keys = found_entries.sort_keys(session, "procedures")
    assert [one.leika_key[8:] for one in found["99102013"]] == ["000000", "010000", "999999"]
    assert list(found) == ["99102013"]
    assert keys["99102013"].name == "zweitens"


def test_a_service_is_live_somewhere_by_more_than_a_claim() -> None:
    row = AdoptionRow(
        "wohnsitz", "02", "Hamburg", Status.LIVE, claim=False, proof=None, since=None, confirmed_on=None,
        inherited_from=None, stale=False,
    )  # fmt: skip
    nobody = ServiceStanding("wohnsitz", "Wohnsitz", None, {"declined": 2, "ended": 1}, 3)
    assert nobody.is_live is False
    assert replace(nobody, live=1).is_live is True
    assert replace(nobody, row=row).is_live is True
    assert replace(nobody, executed_by=row).is_live is True


def test_what_nobody_has_said_of_a_service_is_no_no() -> None:
    declined = AdoptionRow(
        "wohnsitz", "02", "Hamburg", Status.DECLINED, claim=False, proof=None, since=None, confirmed_on=None,
        inherited_from=None, stale=False,
    )  # fmt: skip
    known = ServiceStanding("wohnsitz", "Wohnsitz", declined, {"declined": 1}, 1)
    assert known.is_live is False
    for unsaid in (replace(declined, status=None), replace(declined, status=Status.LIVE, claim=True)):
        assert replace(known, row=unsaid).is_live is None
        assert replace(known, row=None, executed_by=unsaid).is_live is None
    for counts in ({"declined": 2, "unknown": 1}, {"declined": 2, "live": 1}):
        assert replace(known, counts=counts).is_live is None
    assert replace(known, eligible=None).is_live is None
    assert replace(known, row=None, counts={}, eligible=0).is_live is False
