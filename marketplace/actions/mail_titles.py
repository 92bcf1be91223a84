"""What subscriptions are called in mails and on the pages behind their links, in the reader's language."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace import formats
from marketplace.actions.context import Context
from marketplace.actions.followed_objects import figure_names, names_of
from marketplace.actions.marks import current_marks
from marketplace.actions.search_labels import chosen_values, label_tables
from marketplace.domain.followed import FollowedKind
from marketplace.domain.subscription import Subscription
from marketplace.notify.catalogues import Translator, translator
from marketplace.notify.plain import plain


def titles_of(ctx: Context, session: Session, some: Sequence[Subscription], language: str) -> dict[str, str]:
    """Return the titles of subscriptions by their ids: the follower's own, else the name of what is followed."""
    _ = translator(language)
    names = names_of(ctx, session, [(one.followed, one.object_id) for one in some])
    return {
        one.id: one.title
        or names.get((one.followed, one.object_id))
        or _detailed(ctx, session, one, _)
        or one.object_id
        for one in some
    }


def title_for_strangers(ctx: Context, session: Session, one: Subscription, language: str) -> str:
    """Return what is followed in our own words alone: anybody can let a mail be sent to anybody, with any search."""
    _ = translator(language)
    if one.followed is FollowedKind.SEARCH:
        return _("eine gespeicherte Suche")
    names = names_of(ctx, session, [(one.followed, one.object_id)])
    return names.get((one.followed, one.object_id)) or _detailed(ctx, session, one, _) or one.object_id


def _detailed(ctx: Context, session: Session, one: Subscription, _: Translator) -> str | None:
    if one.followed is FollowedKind.SEARCH:
        return ", ".join([_query(one, _), *_filters(ctx, session, one)])
    if one.followed is FollowedKind.FIGURE:
        names = figure_names(ctx, session, one.detail or {})
        rule = names.title_en if _.language == "en" else names.title_de
        threshold = (one.detail or {}).get("threshold")
        crossed = _("Schwelle %(share)s", share=formats.percent(threshold, _.locale)) if threshold else None
        service = names.service or _("alle Dienste")
        return ", ".join(part for part in (rule, service, names.state, crossed) if part)
    return None


def _query(one: Subscription, _: Translator) -> str:
    query = plain((one.detail or {}).get("q"))
    return _("Suche „%(query)s“", query=query) if query else _("Suche nach Filtern")


def _filters(ctx: Context, session: Session, one: Subscription) -> list[str]:
    """Return what the filters of a search leave, by the names that its page says: two of one word differ by them."""
    detail = one.detail or {}
    chosen = chosen_values(label_tables(ctx, current_marks(ctx)), detail.get("filters", {}))
    region = detail.get("region")
    named = names_of(ctx, session, [(FollowedKind.REGION, region)]) if region else {}
    return [value.label for value in chosen] + list(named.values())
