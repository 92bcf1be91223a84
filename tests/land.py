"""A small land of our own: two states, enough to tell every kind of authority apart.

Hamburg (02) is a city state. In Bavaria (09) Nordstadt is kreisfrei, and the district Südkreis has an association of
two towns, a town of its own and an unincorporated forest.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from structlog.contextvars import clear_contextvars

from marketplace.actions.authority_sets import put_set
from marketplace.actions.context import Context
from marketplace.actions.register import import_register
from marketplace.actions.service_writing import put_service
from marketplace.domain.access import Actor, Role
from marketplace.domain.regions import RegionKind
from marketplace.domain.register import Register, RegisterRecord
from marketplace.exchange import register_seed
from marketplace.store.tables import OrganisationRow, ProcedureRow, ThemeFieldRow
from tests import kept_rows
from tests.kept_rows import KeptRows

HAMBURG, BAVARIA, NORDSTADT, SUEDKREIS, BUND_AM_SEE = "02", "09", "09161", "09170", "091705101"
HAMBURG_TOWN, NORDSTADT_TOWN = "020000000000", "091610000000"
SEEDORF, SEEHEIM, BERGSTADT, FOREST = "091705101101", "091705101102", "091700103103", "091709104104"
ON = date(2025, 8, 31)

OPERATOR = Actor.of("operator", "operator", Role.OPERATOR)
PUBLISHER = Actor.of("publisher", "provider", Role.PUBLISHER)
ANALYST = Actor.of("analyst", "policy", Role.ANALYST)
COORDINATION = Actor.of("coordination", "coordination", Role.COORDINATION, BAVARIA)


def clerk_of(key: str) -> Actor:
    return Actor.of("clerk", "authority", Role.AUTHORITY, key)


def _town(key: str, name: str, population: int, code: str = "64") -> RegisterRecord:
    return RegisterRecord(RegionKind.MUNICIPALITY, key, name, code, None, "80000", 1000, population)


RECORDS = (
    RegisterRecord(RegionKind.STATE, HAMBURG, "Hamburg"),
    RegisterRecord(RegionKind.DISTRICT, "02000", "Hamburg, Freie und Hansestadt", "41"),
    RegisterRecord(RegionKind.ASSOCIATION, "020000000", "Hamburg, Freie und Hansestadt", "50"),
    _town(HAMBURG_TOWN, "Hamburg, Freie und Hansestadt", 1_800_000, "61"),
    RegisterRecord(RegionKind.STATE, BAVARIA, "Bayern"),
    RegisterRecord(RegionKind.DISTRICT, NORDSTADT, "Nordstadt", "41"),
    RegisterRecord(RegionKind.ASSOCIATION, "091610000", "Nordstadt", "50"),
    _town(NORDSTADT_TOWN, "Nordstadt", 120_000, "61"),
    RegisterRecord(RegionKind.DISTRICT, SUEDKREIS, "Südkreis", "44"),
    RegisterRecord(RegionKind.ASSOCIATION, BUND_AM_SEE, "Bund am See", "54"),
    _town(SEEDORF, "Seedorf", 800),
    _town(SEEHEIM, "Seeheim", 4_300),
    RegisterRecord(RegionKind.ASSOCIATION, "091700103", "Bergstadt", "50"),
    _town(BERGSTADT, "Bergstadt", 9_000, "63"),
    RegisterRecord(RegionKind.ASSOCIATION, "091709104", "Seeforst", "50"),
    _town(FOREST, "Seeforst", 0, "66"),
)


_kept: dict[tuple[bool, datetime], KeptRows] = {}


def settle(ctx: Context) -> None:
    """Bring register, sets, organisations and two services into an empty database.

    By the rules they are written once for each kind of database and instant; afterwards these rows are laid again.
    """
    if not kept_rows.is_empty(ctx.database):
        write_by_rules(ctx)
        return
    kind_and_instant = (ctx.database.is_sqlite, ctx.clock())
    if kind_and_instant in _kept:
        kept_rows.lay(ctx.database, _kept[kind_and_instant])
        return
    write_by_rules(ctx)
    _kept[kind_and_instant] = kept_rows.keep(ctx.database)


def settle_with_a_part(ctx: Context) -> None:
    """Settle the land; ``zentral`` is switched on by states, ``teil`` is a part of ``hundesteuer``."""
    settle(ctx)
    add_service(ctx, "zentral", authority_set="municipalities", lead_state="09", activation="central")
    add_service(ctx, "teil", authority_set="local_administrations", part_of="hundesteuer")


def write_by_rules(ctx: Context) -> None:
    """Import and publish what the land consists of."""
    # The log names the request: none of an earlier test's.
    clear_contextvars()
    import_register(ctx, register_seed.write(Register(ON, RECORDS), "a test's own").encode(), "a test's own")
    for set_id, level in (("municipalities", "municipality"), ("local_administrations", "local_administration"),
                          ("districts", "district"), ("states", "state")):  # fmt: skip
        put_set(ctx, OPERATOR, set_id, {"name": set_id, "level": level, "reason": "a test's own"}, None)
    organisations = {name: name for name in ("operator", "provider", "policy", "coordination", "authority")}
    organisations["rival"] = "provider"
    with ctx.database.writing() as session:
        session.execute(
            insert(OrganisationRow),
            [{"id": i, "name": i, "name_folded": i, "kind": kind} for i, kind in organisations.items()],
        )
    add_service(ctx, "wohnsitz", authority_set="local_administrations", lead_state=HAMBURG)
    add_service(ctx, "hundesteuer", authority_set="municipalities", lead_state=HAMBURG)


def fields_of(service_id: str, **fields: Any) -> dict[str, Any]:
    """What a small entry of the test's provider says."""
    return {
        "name": service_id.capitalize(),
        "summary": f"{service_id} online erledigen.",
        "description": f"Mit dem Dienst {service_id} geht es online.",
        "kind": "online_service",
        "publisher": "provider",
        "status": "published",
        "sources": {"*": [{"url": "https://example.org/quelle"}]},
        **fields,
    }


def add_service(ctx: Context, service_id: str, **fields: Any) -> None:
    """Publish a small entry of the test's provider."""
    put_service(ctx, OPERATOR, service_id, fields_of(service_id, **fields), None)


def add_theme_field(ctx: Context, theme_field_id: str, name: str) -> None:
    """Bring a theme field that Hamburg leads."""
    with ctx.database.writing() as session:
        session.execute(
            insert(ThemeFieldRow).values(
                id=theme_field_id,
                name=name,
                lead_states=[HAMBURG],
                ministry=None,
                evidence="seen",
                source=None,
            )
        )


def add_procedure(ctx: Context, leika_key: str, name: str) -> None:
    """Bring a procedure without a theme field."""
    with ctx.database.writing() as session:
        session.execute(
            insert(ProcedureRow).values(
                leika_key=leika_key,
                version=1,
                name=name,
                name_folded=name.casefold(),
                typisierung=None,
                theme_field_id=None,
                life_situation=None,
                flags=[],
                words=[],
                snapshot_on=date(2019, 10, 1),
            )
        )
