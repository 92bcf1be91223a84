"""Recording what people miss: needs that they report, queries that found nothing."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from marketplace.actions import changing
from marketplace.actions.context import Context
from marketplace.actions.demand_list import NeedRow, named_needs
from marketplace.domain.authority_key import regions_meant, same_body
from marketplace.domain.change import ChangeKind, NewChange, ObjectKind
from marketplace.domain.demand import (
    TOLD_FROM,
    Need,
    digest_of,
    forgotten_before,
    month_of,
    noted_text,
    read_need,
    read_object,
)
from marketplace.domain.regions import Region, RegionKind, Territory
from marketplace.errors import FieldError, InvalidInput
from marketplace.settings import Settings
from marketplace.store import catalogue, demand, head
from marketplace.store.demand import CountedNeed, NeedKey
from marketplace.store.territory import territory_at

MOST_MISSES = 50_000
"""How many different queries without result are counted at once; more are not taken up until some are forgotten."""
WAIT_MS = 250
"""How long a search waits for other writers before it goes without noting its query."""
_OF_THIS_START = secrets.token_hex(32)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NeededObject:
    """A Leistungsobjekt that a need can be reported for; ``theme_field`` is None where unknown."""

    id: str
    name: str
    theme_field: str | None


def report_need(ctx: Context, fields: Mapping[str, Any]) -> NeedRow:
    """Count a need ("we need this") in the month of today in Germany, and return it with its count.

    ``fields``: ``theme_field``; ``region`` (key, AGS or ARS of a region that stands today) and ``object`` (eight digits
    of a Leistungsobjekt, or the whole LeiKa key of one of its procedures) may be left out.

    Raises:
        InvalidInput: unknown or missing fields, or values that do not exist, each by name.
    """
    need = read_need(fields)
    with ctx.database.reading() as session:
        key = _placed(ctx, session, need)
        named = named_needs(ctx, session, [CountedNeed(key, 0)])[0]
    with ctx.database.writing() as session:
        count = demand.count_need(session, key)
        if count == 1:
            changing.record(session, None, ctx.clock(), [_change_of(named)])
    return replace(named, count=count)


def _change_of(need: NeedRow) -> NewChange:
    """Return the change of a need that nobody had reported this month."""
    content = {
        "theme_field_name": need.theme_field_name, "region_key": need.region, "region_name": need.region_name,
        "object_id": need.object_id, "object_name": need.object_name,
    }  # fmt: skip
    return NewChange(ChangeKind.NEED_REPORTED, ObjectKind.THEME_FIELD, need.theme_field, content)


def needed_object(ctx: Context, key: str) -> NeededObject:
    """Return the Leistungsobjekt of a key: its eight digits, or a whole LeiKa key of one of its procedures.

    Raises:
        InvalidInput: no such key, or nothing by it.
    """
    object_id = read_object(key)
    with ctx.database.reading() as session:
        members = catalogue.procedures_of_objects(session, [object_id])
    if not members:
        raise InvalidInput([_unknown_object(object_id)])
    theme_field = next((one.theme_field for one in members if one.theme_field), None)
    return NeededObject(object_id, members[0].name, theme_field)


def note_miss(ctx: Context, text: str) -> None:
    """Count a query that found nothing; its text is kept from the third time on, until then a keyed digest.

    What is too long or looks like personal data is not noted. The key is the one that signs sessions, so that nobody
    without it can tell from a digest what was asked; where none is set, nothing is carried over a restart. While the
    database takes no writes the query is not noted, which is logged without it: a search never fails for that.
    """
    noted = noted_text(text)
    if noted is None:
        return
    digest, today = digest_of(noted, _key(ctx.settings)), ctx.today()
    try:
        with ctx.database.writing(wait_ms=WAIT_MS) as session:
            demand.forget_misses(session, forgotten_before(today))
            if demand.has_miss(session, digest) or demand.misses_counted(session) < MOST_MISSES:
                demand.count_miss(session, digest, noted, today, TOLD_FROM)
    except (OperationalError, NoConnectionFree) as error:
        log.warning("search_miss_not_noted", reason=type(error).__name__)


def _placed(ctx: Context, session: Session, need: Need) -> NeedKey:
    """Find what a need names; every name that means nothing is refused."""
    errors = []
    if catalogue.theme_field(session, need.theme_field) is None:
        errors.append(FieldError("theme_field", "unknown", f"there is no theme field {need.theme_field!r}"))
    region_key = ""
    if need.region is not None:
        land = territory_at(session, ctx.today(), head.known_now(session, ctx.clock()))
        meant = regions_meant(need.region.replace(" ", ""), land)
        region_key = _body_of(meant[0], land) if meant else ""
        if not meant:
            errors.append(FieldError("region", "unknown", f"no region has the key {need.region!r} today"))
    object_id = need.object_id or ""
    if object_id and not catalogue.procedures_of_objects(session, [object_id]):
        errors.append(_unknown_object(object_id))
    if errors:
        raise InvalidInput(errors)
    return NeedKey(need.theme_field, region_key, object_id, month_of(ctx.today()))


def _body_of(region: Region, land: Territory) -> str:
    """Return the key a region is counted by: a town that is a district of its own is always its municipality."""
    if region.kind is RegionKind.DISTRICT:
        twins = same_body(region, land)
        return next((twin.key for twin in twins if twin.kind is RegionKind.MUNICIPALITY), region.key)
    return region.key


def _unknown_object(object_id: str) -> FieldError:
    return FieldError("object", "unknown", f"no procedure's key begins with {object_id}")


def _key(settings: Settings) -> str:
    return _OF_THIS_START if settings.secret_key is None else settings.signing_key
