"""What is followed: whether it exists, under which key, and what it is called."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.authority_naming import Naming
from marketplace.actions.context import Context
from marketplace.actions.counting_rules import find_rule
from marketplace.actions.figure_values import FigureValues
from marketplace.actions.marks import current_marks
from marketplace.actions.search_labels import check_values, label_tables
from marketplace.domain.authority_key import regions_meant
from marketplace.domain.followed import FollowedKind, digest_of
from marketplace.domain.followed_figures import FollowedFigure
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.rule import Rule
from marketplace.domain.subscription import Wish
from marketplace.errors import FieldError, InvalidInput
from marketplace.store import catalogue, mergers, organisations, regions, services

Followed = tuple[FollowedKind, str]


@dataclass(frozen=True, slots=True)
class FigureNames:
    """What a followed figure is called: titles of its rule, names of service (None: all) and state (None: Germany)."""

    title_de: str
    title_en: str
    service: str | None
    state: str | None


def look_up(ctx: Context, session: Session, wish: Wish) -> Wish:
    """Return a wish under the key that its object goes by.

    Raises:
        InvalidInput: there is nothing by the name, or a filter asks for what there is not.
    """
    errors: list[FieldError] = []
    if wish.followed is FollowedKind.SEARCH:
        wish = _search(ctx, session, wish, errors)
    elif wish.followed is FollowedKind.FIGURE:
        wish = _figure(ctx, session, wish, errors)
    elif wish.followed is FollowedKind.REGION:
        wish = _region(ctx, session, wish, errors)
    elif not _exists(session, wish.followed, wish.object_id):
        errors.append(FieldError("object", "unknown", f"there is no {wish.followed} {wish.object_id!r}"))
    if errors:
        raise InvalidInput(errors)
    return look_up_like(ctx, session, wish)


def look_up_like(ctx: Context, session: Session, wish: Wish) -> Wish:
    """Return a wish for adoptions by authorities like one under that one's key; others as they are.

    Raises:
        InvalidInput: no region has the key today.
    """
    if wish.detail is None or "like" not in wish.detail:
        return wish
    given = str(wish.detail["like"])
    key = _key_of_region(ctx, session, given)
    if key is None:
        raise InvalidInput.one("detail.like", "unknown", f"no region has the key {given!r} today")
    return replace(wish, detail={"like": key})


def names_of(ctx: Context, session: Session, followed: Iterable[Followed]) -> dict[Followed, str]:
    """Return the names of what is followed by its key; searches and figures have none, nor what is gone."""
    wanted: dict[FollowedKind, set[str]] = defaultdict(set)
    for kind, key in followed:
        wanted[kind].add(key)
    entries = services.heads(session, wanted[FollowedKind.SERVICE])
    places = regions.last_versions_by_key(session, wanted[FollowedKind.REGION], ctx.clock())
    found: dict[FollowedKind, Mapping[str, str]] = {
        FollowedKind.SERVICE: {key: head.name for key, head in entries.items()},
        FollowedKind.BUNDLE: {
            key: one.name for key, one in catalogue.bundles(session, wanted[FollowedKind.BUNDLE]).items()
        },
        FollowedKind.PROCEDURE: {
            key: one.name
            for key, one in catalogue.procedures(session, wanted[FollowedKind.PROCEDURE]).items()
        },
        FollowedKind.REGION: {one.key: one.name for one in reversed(places)},
    }
    bodies = wanted[FollowedKind.PUBLISHER] | wanted[FollowedKind.OWN]
    called = {key: one.name for key, one in organisations.organisations(session, bodies).items()}
    found |= {FollowedKind.PUBLISHER: called, FollowedKind.OWN: called}
    if wanted[FollowedKind.THEME_FIELD]:
        found[FollowedKind.THEME_FIELD] = {one.id: one.name for one in catalogue.theme_fields(session)}
    return {(kind, key): names[key] for kind, names in found.items() for key in wanted[kind] if key in names}


def figure_names(ctx: Context, session: Session, detail: Mapping[str, Any]) -> FigureNames:
    """Return what the figure that a detail describes is called."""
    rule = find_rule(ctx, str(detail.get("rule")))
    service, state = detail.get("service"), detail.get("state")
    head = services.heads(session, [service]).get(service) if service else None
    return FigureNames(
        rule.title_de if rule else str(detail.get("rule")),
        rule.title_en if rule else str(detail.get("rule")),
        head.name if head else service,
        catalogue.state_names(session).get(state, state) if state else None,
    )


def broken_state(session: Session, rule: Rule, state: str | None) -> list[FieldError]:
    """Return why a rule has no figure of a state; None is all of Germany."""
    if state is not None and rule.state_counts is not None:
        return [FieldError("state", "choice", f"{rule.id} counts states: it has one figure")]
    if state is not None and state not in catalogue.state_names(session):
        return [FieldError("state", "unknown", f"there is no state {state!r}")]
    return []


def _exists(session: Session, followed: FollowedKind, key: str) -> bool:
    if followed is FollowedKind.SERVICE:
        return services.status_of(session, key) is EntryStatus.PUBLISHED
    if followed is FollowedKind.THEME_FIELD:
        return catalogue.theme_field(session, key) is not None
    if followed is FollowedKind.BUNDLE:
        return key in catalogue.bundles(session, [key])
    if followed is FollowedKind.PROCEDURE:
        return key in catalogue.procedures(session, [key])
    merged = mergers.merged_into(session, key) is not None
    return not merged and organisations.organisation(session, key) is not None


def _region(ctx: Context, session: Session, wish: Wish, errors: list[FieldError]) -> Wish:
    key = _key_of_region(ctx, session, wish.object_id)
    if key is None:
        errors.append(FieldError("object", "unknown", f"no region has the key {wish.object_id!r} today"))
        return wish
    return replace(wish, object_id=key)


def _key_of_region(ctx: Context, session: Session, text: str) -> str | None:
    meant = regions_meant(text.replace(" ", ""), Naming.today(ctx, session).land)
    return meant[0].key if meant else None


def _search(ctx: Context, session: Session, wish: Wish, errors: list[FieldError]) -> Wish:
    detail: dict[str, Any] = dict(wish.detail or {})
    try:
        check_values(label_tables(ctx, current_marks(ctx)), detail["filters"], {})
    except InvalidInput as error:
        errors += [replace(one, field=f"detail.filters.{one.field}") for one in error.errors]
    if detail["region"] is not None:
        key = _key_of_region(ctx, session, detail["region"])
        if key is None:
            message = f"no region has the key {detail['region']!r} today"
            errors.append(FieldError("detail.region", "unknown", message))
        detail["region"] = key
    return replace(wish, detail=detail, object_id=digest_of(detail))


def _without_value(ctx: Context, session: Session, figure: FollowedFigure) -> list[FieldError]:
    """Name what a figure of a service fails at: nobody is counted by its rule, in its state or at all."""
    values, today = FigureValues(ctx, session), ctx.today()
    if values.value(replace(figure, state=None), today).rate is None:
        message = f"{figure.rule} has no figure of {figure.service!r}: whom to count is not known"
        return [FieldError("detail.service", "undefined", message)]
    if figure.state is not None and values.value(figure, today).rate is None:
        message = f"{figure.rule} counts nobody in state {figure.state} for {figure.service!r}"
        return [FieldError("detail.state", "undefined", message)]
    return []


def _figure(ctx: Context, session: Session, wish: Wish, errors: list[FieldError]) -> Wish:
    detail: dict[str, Any] = dict(wish.detail or {})
    rule = find_rule(ctx, detail["rule"])
    if rule is None:
        errors.append(FieldError("detail.rule", "unknown", f"there is no counting rule {detail['rule']!r}"))
        return wish
    unit = detail["unit"] or rule.units[0]
    if unit not in rule.units:
        errors.append(FieldError("detail.unit", "choice", f"{rule.id} counts {', '.join(rule.units)}"))
    if detail["service"] is not None and not _exists(session, FollowedKind.SERVICE, detail["service"]):
        errors.append(FieldError("detail.service", "unknown", f"there is no service {detail['service']!r}"))
    errors += [
        replace(one, field=f"detail.{one.field}") for one in broken_state(session, rule, detail["state"])
    ]
    detail["unit"] = str(unit)
    if not errors and detail["service"] is not None:
        errors += _without_value(ctx, session, FollowedFigure.of(detail))
    return replace(wish, detail=detail, object_id=digest_of(detail))
