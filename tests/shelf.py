"""A small catalogue of our own: two providers, an authority, one theme field, two bundles, three procedures."""

from datetime import date
from typing import Any

from marketplace.actions.context import Context
from marketplace.domain.access import Actor, Role
from marketplace.domain.catalogue import Bundle, Organisation, OrganisationKind, Procedure, ThemeField
from marketplace.store import catalogue_writes

SNAPSHOT = date(2019, 10, 1)
MARRIAGE, BIRTH = "10026", "10000"
REGISTER_MARRIAGE, CERTIFICATE, PARENTAL_ALLOWANCE = "99059001019000", "99059001012000", "99041006000000"

NORTH = Actor.of("north", "nordwerk", Role.PUBLISHER)
SOUTH = Actor.of("south", "suedwerk", Role.PUBLISHER)
OPERATOR = Actor.of("operator", "betrieb", Role.OPERATOR)
CLERK = Actor.of("clerk", "stadt", Role.AUTHORITY, "091610000000")
ANALYST = Actor.of("analyst", "cio", Role.ANALYST)

ORGANISATIONS = (
    Organisation("nordwerk", "Nordwerk AöR", OrganisationKind.PROVIDER, "02"),
    Organisation("suedwerk", "Südwerk eG", OrganisationKind.PROVIDER, "09"),
    Organisation("betrieb", "Betrieb", OrganisationKind.OPERATOR),
    Organisation("stadt", "Stadt Nordstadt", OrganisationKind.AUTHORITY, "09", "091610000000"),
    Organisation("cio", "Büro der CIO", OrganisationKind.POLICY, "09"),
)
THEME_FIELD = ThemeField("familie-kind", "Familie & Kind", ("04",), "BMFSFJ", "seen", "https://example.org/")
BUNDLES = (
    Bundle(BIRTH, "Elterngeld", "familie-kind", "Geburt", SNAPSHOT),
    Bundle(MARRIAGE, "Eheschließung", "familie-kind", "Eheschließung", SNAPSHOT),
)
PROCEDURES = (
    Procedure(REGISTER_MARRIAGE, 1, "Eheschließung Anmeldung", "2/3", "familie-kind", None, (), SNAPSHOT),
    Procedure(CERTIFICATE, 1, "Eheurkunde Ausstellung", "2/3", "familie-kind", None, (), SNAPSHOT),
    Procedure(PARENTAL_ALLOWANCE, 1, "Elterngeld", "2/3", "familie-kind", None, (), SNAPSHOT),
)
LINKS = ((MARRIAGE, REGISTER_MARRIAGE), (MARRIAGE, CERTIFICATE), (BIRTH, PARENTAL_ALLOWANCE))


def fill(ctx: Context) -> Context:
    """Put the small catalogue into an empty database."""
    with ctx.database.writing() as session:
        catalogue_writes.save_organisations(session, ORGANISATIONS)
        catalogue_writes.save_theme_fields(session, [THEME_FIELD])
        catalogue_writes.save_bundles(session, BUNDLES)
        catalogue_writes.save_procedures(session, PROCEDURES)
        catalogue_writes.save_bundle_procedures(session, LINKS)
    return ctx


def entry(**fields: Any) -> dict[str, Any]:
    """The fields of an entry that may be published."""
    return {
        "name": "Ehe online",
        "summary": "Die Eheschließung online anmelden.",
        "description": "Paare melden ihre Eheschließung an. Das Standesamt prüft die Angaben.",
        "kind": "online_service",
        "publisher": "nordwerk",
        "status": "published",
        "sources": {"*": [{"url": "https://example.org/ehe", "title": "Ehe online", "date": "2025-08"}]},
        **fields,
    }
