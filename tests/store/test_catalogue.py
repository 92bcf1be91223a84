"""The catalogues around the services, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from marketplace.actions import catalogue as actions
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.services import put_service
from marketplace.domain.catalogue import Organisation, OrganisationKind
from marketplace.errors import InvalidInput, NotFound
from marketplace.store import catalogue, catalogue_writes
from marketplace.store.tables import ProcedureRow
from tests import land, shelf
from tests.shelf import BIRTH, CERTIFICATE, MARRIAGE, OPERATOR, REGISTER_MARRIAGE, entry

PAGE = PageRequest(1, 50)


@pytest.fixture
def ctx(context: Context) -> Context:
    return shelf.fill(context)


def test_a_procedure_comes_with_its_bundles_and_the_services_that_put_it_online(ctx: Context) -> None:
    put_service(ctx, OPERATOR, "ehe-online", entry(leika_keys=[REGISTER_MARRIAGE]), None)
    put_service(ctx, OPERATOR, "entwurf", entry(leika_keys=[REGISTER_MARRIAGE], status="draft"), None)
    detail = actions.get_procedure(ctx, REGISTER_MARRIAGE)
    assert [bundle.ozg_id for bundle in detail.bundles] == [MARRIAGE]
    assert [service.id for service in detail.services] == ["ehe-online"]
    assert (detail.theme_field, detail.procedure.snapshot_on) == (shelf.THEME_FIELD, shelf.SNAPSHOT)


def test_a_bundle_comes_with_its_procedures_and_services(ctx: Context) -> None:
    put_service(ctx, OPERATOR, "ehe-online", entry(ozg_ids=[MARRIAGE]), None)
    detail = actions.get_bundle(ctx, MARRIAGE)
    assert [one.leika_key for one in detail.procedures] == [CERTIFICATE, REGISTER_MARRIAGE]
    assert [service.id for service in detail.services] == ["ehe-online"]
    assert actions.get_bundle(ctx, BIRTH).services == ()


def test_a_theme_field_knows_how_much_it_holds(ctx: Context) -> None:
    put_service(ctx, OPERATOR, "ehe-online", entry(theme_field="familie-kind"), None)
    put_service(ctx, OPERATOR, "entwurf", entry(theme_field="familie-kind", status="draft"), None)
    detail = actions.get_theme_field(ctx, "familie-kind")
    assert (detail.bundles, detail.procedures, detail.services) == (2, 3, 1)
    assert detail.lead_state_names == ("04",), "without a register a state is called by its key"


def test_an_organisation_comes_with_what_it_publishes_and_supplies(ctx: Context) -> None:
    offers = [{"id": "eins", "route": "direct", "supplier": "suedwerk"}, {"id": "zwei", "route": "fit_store"}]
    put_service(ctx, OPERATOR, "ehe-online", entry(offers=offers), None)
    assert [service.id for service in actions.get_organisation(ctx, "nordwerk").services] == ["ehe-online"]
    supplier = actions.get_organisation(ctx, "suedwerk")
    assert supplier.services == ()
    assert [(one.service.id, one.offer.id) for one in supplier.offers] == [("ehe-online", "eins")]


@pytest.mark.parametrize(
    "read", [actions.get_procedure, actions.get_bundle, actions.get_theme_field, actions.get_organisation]
)
def test_what_does_not_exist_is_not_found(ctx: Context, read: object) -> None:
    assert callable(read)
    with pytest.raises(NotFound):
        read(ctx, "99999")


def test_lists_are_narrowed_by_name_whatever_case_and_umlauts(ctx: Context) -> None:
    found = actions.list_procedures(ctx, None, None, "EHESCHLIESSUNG", PAGE)
    assert [one.name for one in found.items] == ["Eheschließung Anmeldung"]
    assert actions.list_procedures(ctx, None, None, "9905 9001", PAGE).total == 2
    assert actions.list_procedures(ctx, "familie-kind", MARRIAGE, None, PAGE).total == 2
    assert actions.list_procedures(ctx, "umwelt", None, None, PAGE).total == 0
    assert [one.ozg_id for one in actions.list_bundles(ctx, None, "elterng", PAGE).items] == [BIRTH]
    assert [one.id for one in actions.list_organisations(ctx, None, None, "SUD", PAGE).items] == ["suedwerk"]
    assert actions.list_organisations(ctx, "provider", "02", None, PAGE).total == 1


def test_the_signs_of_patterns_are_taken_literally(ctx: Context) -> None:
    assert actions.list_bundles(ctx, None, "%", PAGE).total == 0
    assert actions.list_bundles(ctx, None, "E_e", PAGE).total == 0


def test_an_absurd_query_or_kind_is_refused(ctx: Context) -> None:
    with pytest.raises(InvalidInput):
        actions.list_bundles(ctx, None, "e" * 201, PAGE)
    with pytest.raises(InvalidInput):
        actions.list_organisations(ctx, "shoe_shop", None, None, PAGE)


def test_pages_hold_every_entry_once(ctx: Context) -> None:
    pages = [actions.list_procedures(ctx, None, None, None, PageRequest(number, 2)) for number in (1, 2, 3)]
    assert [one.name for page in pages for one in page.items] == [
        "Eheschließung Anmeldung", "Eheurkunde Ausstellung", "Elterngeld",
    ]  # fmt: skip


def test_only_procedures_that_changed_are_written_and_owed_to_search(ctx: Context) -> None:
    first, second, third = shelf.PROCEDURES
    renamed = replace(second, name="Eheurkunde")
    new = replace(third, leika_key="99041006000001")
    with ctx.database.writing() as session:
        written = catalogue_writes.save_procedures(session, [first, renamed, third, new])
    assert written == [("99041006000001", 1), (CERTIFICATE, 2)]
    with ctx.database.reading() as session:
        rows = session.execute(select(ProcedureRow.leika_key, ProcedureRow.version))
        versions = {row.leika_key: row.version for row in rows}
        assert catalogue.procedures(session, [CERTIFICATE])[CERTIFICATE].name == "Eheurkunde"
    assert versions == {**{one.leika_key: 1 for one in shelf.PROCEDURES}, CERTIFICATE: 2, "99041006000001": 1}


def test_links_become_exactly_those_given(ctx: Context) -> None:
    with ctx.database.writing() as session:
        catalogue_writes.save_bundle_procedures(session, [(MARRIAGE, CERTIFICATE), (BIRTH, CERTIFICATE)])
    with ctx.database.reading() as session:
        assert catalogue.bundles_of(session, [CERTIFICATE, REGISTER_MARRIAGE]) == {
            CERTIFICATE: [BIRTH, MARRIAGE]
        }


def test_an_organisation_is_replaced_and_none_is_taken_away(ctx: Context) -> None:
    renamed = Organisation("nordwerk", "Nordwerk GmbH", OrganisationKind.PROVIDER, "02")
    with ctx.database.writing() as session:
        saved = catalogue_writes.save_organisations(session, [renamed])
    assert (saved.new, saved.changed) == ((), ("nordwerk",))
    assert actions.get_organisation(ctx, "nordwerk").organisation == renamed
    assert actions.list_organisations(ctx, None, None, None, PAGE).total == len(shelf.ORGANISATIONS)


def test_states_have_their_names_from_the_register(context: Context) -> None:
    assert actions.state_names(context) == {}
    land.settle(context)
    assert actions.state_names(context) == {"00": "Bund", "02": "Hamburg", "09": "Bayern"}
