"""A bundle and a procedure whose names and everyday words tests change: the lexicon is made of them."""

from datetime import date

from marketplace.actions import reindexing
from marketplace.actions.context import Context
from marketplace.domain.catalogue import Bundle, Procedure, ThemeField
from marketplace.store import catalogue_writes

ON = date(2026, 1, 1)
THEME_FIELD = ThemeField("mobilitaet", "Mobilität", (), None, "a test's own", None)
BUNDLE = Bundle("10999", "Kraftfahrzeugzulassung", "mobilitaet", None, ON)
PROCEDURE = Procedure("99036008000000", 1, "Zulassung eines Kraftfahrzeugs", None, "mobilitaet", None, (), ON)


def write_catalogue(ctx: Context, bundle: Bundle, procedure: Procedure) -> None:
    """Bring bundle and procedure into the database, as the seed does."""
    now = ctx.clock()
    with ctx.database.writing() as session:
        catalogue_writes.save_theme_fields(session, [THEME_FIELD])
        catalogue_writes.save_bundles(session, [bundle])
        catalogue_writes.save_procedures(session, [procedure])
        catalogue_writes.save_bundle_procedures(session, [(bundle.ozg_id, procedure.leika_key)])
        reindexing.owe_everything(session, now)
