"""The small land with one of everything that an operation can be about, and a token of each role.

What each operation reaches is named in ``KNOWN``, by the name that the contract has for it.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import insert

from marketplace.actions import (
    case_numbers,
    delegations,
    demand,
    recording,
    reviewing,
    revision_comments,
    revisions,
    thesaurus,
    tokens,
    transfers,
    usage,
    withdrawing,
)
from marketplace.actions.context import Context
from marketplace.actions.entry_in_work import ANY
from marketplace.domain.access import Actor, Role
from marketplace.store import catalogue_writes
from marketplace.store.tables import OrganisationRow
from tests import kept_rows, land, shelf
from tests.kept_rows import KeptRows

PUBLISHER, OPERATOR = land.PUBLISHER, land.OPERATOR
REVIEWER = Actor.of("reviewer", "provider", Role.REVIEWER)
LEIKA, OZG = shelf.CERTIFICATE, shelf.MARRIAGE
OF_ROLE = {
    Role.PUBLISHER: "provider",
    Role.REVIEWER: "provider",
    Role.AUTHORITY: "seedorf",
    Role.COORDINATION: "bayern",
    Role.ANALYST: "policy",
    Role.ADMIN: "provider",
    Role.OPERATOR: "operator",
}
"""For which organisation each role acts here."""
SERVICES = (
    "wohnsitz",
    "hundesteuer",
    "offen",
    "eingereicht",
    "entwurf",
    "zurueck",
    "bald-fort",
    "fort",
    "fremd",
)
KEYS = (land.SEEDORF, land.NORDSTADT, land.BAVARIA, land.BUND_AM_SEE, land.HAMBURG)
KNOWN: Mapping[str, tuple[str | int, ...]] = {
    "service_id": SERVICES,
    "service": SERVICES,
    "into": SERVICES,
    "successor": SERVICES,
    "authority_key": KEYS,
    "region_key": KEYS,
    "region": KEYS,
    "key": KEYS,
    "state": (land.BAVARIA, land.HAMBURG),
    "organisation_id": tuple(OF_ROLE.values()),
    "organisation": tuple(OF_ROLE.values()),
    "publisher": ("provider", "rival"),
    "to": ("rival", "seedorf"),
    "set_id": ("municipalities", "local_administrations", "states"),
    "theme_field": ("familie-kind",),
    "theme_field_id": ("familie-kind",),
    "ozg_id": (OZG,),
    "leika_key": (LEIKA,),
    "version": (1, 2, 3),
    "event_id": (1, 2, 3),
    "comment_id": (1, 2),
    "transfer_id": (1, 2),
    "delegation_id": (1, 2),
    "row_id": (1,),
}
_kept: dict[bool, tuple[KeptRows, dict[Role, str]]] = {}


def settle(ctx: Context) -> dict[Role, str]:
    """Lay the land into an empty database; return the secret of a token of each role."""
    if ctx.database.is_sqlite not in _kept:
        land.settle(ctx)
        work(ctx)
        secrets = {role: tokens.create_token(ctx, of, role).secret for role, of in OF_ROLE.items()}
        _kept[ctx.database.is_sqlite] = kept_rows.keep(ctx.database), secrets
    else:
        kept_rows.lay(ctx.database, _kept[ctx.database.is_sqlite][0])
    return _kept[ctx.database.is_sqlite][1]


def work(ctx: Context) -> None:
    """Let the people of the land do their work once."""
    bound = {"seedorf": ("authority", land.SEEDORF), "bayern": ("coordination", land.BAVARIA)}
    with ctx.database.writing() as session:
        session.execute(
            insert(OrganisationRow),
            [
                {"id": i, "name": i, "name_folded": i, "kind": kind, "region_key": key}
                for i, (kind, key) in bound.items()
            ],
        )
        catalogue_writes.save_theme_fields(session, [shelf.THEME_FIELD])
        catalogue_writes.save_bundles(session, shelf.BUNDLES)
        catalogue_writes.save_procedures(session, shelf.PROCEDURES)
        catalogue_writes.save_bundle_procedures(session, shelf.LINKS)
    for service_id in ("offen", "bald-fort", "fort"):
        land.add_service(ctx, service_id, authority_set="municipalities", lead_state=land.HAMBURG)
    land.add_service(ctx, "fremd", authority_set="municipalities", publisher="rival")
    for service_id in ("eingereicht", "entwurf", "zurueck"):
        revisions.put_revision(
            ctx, PUBLISHER, service_id, land.fields_of(service_id, status="draft", leika_keys=[LEIKA]), None
        )
    record_what_is_said(ctx)
    review(ctx)
    withdrawing.withdraw(ctx, PUBLISHER, "bald-fort", date(2027, 3, 31), "Läuft aus.", "wohnsitz")
    withdrawing.withdraw(ctx, PUBLISHER, "fort", ctx.clock().date(), "Läuft aus.", "wohnsitz")
    withdrawing.withdraw_due(ctx)
    transfers.offer(ctx, PUBLISHER, "hundesteuer", "rival", None)
    transfers.offer(ctx, OPERATOR, "fremd", "provider", None)
    thesaurus.add_row(ctx, OPERATOR, {"left": "Lappen", "right": ["Führerschein"], "weight": 0.8})
    demand.report_need(ctx, {"theme_field": "familie-kind", "region": land.SEEDORF})
    demand.note_miss(ctx, "Einhorn anmelden")


def record_what_is_said(ctx: Context) -> None:
    """Record a claim, a proof, a word of the authority itself, numbers, and who may act for whom."""
    clerk = land.clerk_of(land.SEEDORF)
    said = {"service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live"}
    declined = {
        "authority_key": land.NORDSTADT_TOWN, "status": "declined", "effective_on": "2026-04-01", "reason": "Eigenes.",
    }  # fmt: skip
    for actor, fields in (
        (PUBLISHER, {"authority_key": land.SEEHEIM, "effective_on": "2026-01-01"}),
        (PUBLISHER, {"effective_on": "2026-02-01"}),
        (clerk, {"effective_on": "2026-03-01"}),
        (OPERATOR, {"service_id": "wohnsitz", "authority_key": land.NORDSTADT, "effective_on": "2026-03-01"}),
        (OPERATOR, declined),
    ):
        report = recording.record_events(ctx, actor, [said | fields])
        assert report.written, report.rows
    used = {
        "service_id": "hundesteuer",
        "authority_key": land.SEEHEIM,
        "month": "2026-06",
        "cases_online": 12,
    }
    assert usage.report_usage(ctx, PUBLISHER, [used]).written
    cases = {"leika_key": LEIKA, "region_key": "09", "year": 2025, "number": 4000, "source": "Statistik"}
    assert case_numbers.report_cases(ctx, OPERATOR, [cases]).written
    for organisation_id in ("provider", "rival"):
        delegations.grant(ctx, clerk, {"authority_key": land.SEEDORF, "organisation_id": organisation_id})


def review(ctx: Context) -> None:
    """Bring entries to each step of their life: two versions, in work, submitted, sent back, remarked on."""
    revisions.patch_revision(ctx, PUBLISHER, "wohnsitz", {"name": "Wohnsitz neu"}, ANY)
    reviewing.submit(ctx, PUBLISHER, "wohnsitz", "Bitte", ANY)
    reviewing.approve(ctx, REVIEWER, "wohnsitz", None, ANY)
    revisions.patch_revision(ctx, PUBLISHER, "offen", {"name": "Offen neu"}, ANY)
    for service_id in ("eingereicht", "zurueck"):
        reviewing.submit(ctx, PUBLISHER, service_id, None, ANY)
    reviewing.send_back(ctx, REVIEWER, "zurueck", "Bitte kürzen.", ANY)
    revision_comments.write_comment(ctx, REVIEWER, "eingereicht", "name", "Kürzer?")
    revision_comments.write_comment(ctx, REVIEWER, "offen", "name", "Kürzer?")
