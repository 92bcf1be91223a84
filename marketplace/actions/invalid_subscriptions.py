"""Saved searches and figures that ask for something that is gone: noted once a day, told once, and noted when it is back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from marketplace.actions.audiences import audience_of
from marketplace.actions.authority_naming import Naming
from marketplace.actions.context import Context
from marketplace.actions.counting_rules import find_rule
from marketplace.actions.marks import current_marks
from marketplace.actions.message_writing import MessageWriting
from marketplace.actions.search_labels import label_tables
from marketplace.domain.authority_key import regions_meant
from marketplace.domain.change import MessageKind
from marketplace.domain.followed_figures import FollowedFigure
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.matching import readers_of
from marketplace.domain.planned_message import PlannedMessage
from marketplace.domain.regions import Territory
from marketplace.domain.saved_search import SavedSearch
from marketplace.domain.subscription import FollowedKind, Subscription
from marketplace.store import (
    changes,
    services,
    subscription_states,
    subscriptions,
)

AT_ONCE = 500
"""So many subscriptions are judged in one transaction."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What a subscription asks for and is not there any more: a facet, ``region``, ``service``, ``rule``, ``unit``."""

    what: str
    value: str

    @property
    def reason(self) -> str:
        """What the subscription says of it."""
        return f"there is no {self.what} {self.value!r} any more"


def judge_subscriptions(ctx: Context) -> int:
    """Note which saved searches and figures are not valid any more or are again; return how many messages were made."""
    with ctx.database.reading() as session:
        validity = _Validity(ctx, session)
        listed = [
            *subscriptions.of_kind(session, FollowedKind.SEARCH),
            *subscriptions.of_kind(session, FollowedKind.FIGURE),
        ]
        judged = [(one, validity.gone(one)) for one in listed]
    moved = [(one, gone) for one, gone in judged if one.invalid_reason != _reason(gone)]
    made = 0
    for start in range(0, len(moved), AT_ONCE):
        made += _note(ctx, moved[start : start + AT_ONCE])
    return made


def _note(ctx: Context, moved: Sequence[tuple[Subscription, Gone | None]]) -> int:
    now = ctx.clock()
    with ctx.database.writing() as session:
        held = subscription_states.held_reasons(session, [one.id for one, _ in moved])
        left = [(one, gone) for one, gone in moved if one.id in held and held[one.id] == one.invalid_reason]
        subscription_states.set_invalid(session, {one.id: _reason(gone) for one, gone in left})
        fresh = [(one, gone) for one, gone in left if gone is not None and one.invalid_reason is None]
        planned = list(_messages(ctx, session, fresh))
        return MessageWriting(session, planned, now, mailed=ctx.settings.mail_is_set_up).write(planned)


def _messages(
    ctx: Context, session: Session, fresh: Sequence[tuple[Subscription, Gone]]
) -> Iterator[PlannedMessage]:
    """Yield what whoever follows is told, the members where it is an organisation; who reads feeds alone is not."""
    now, position = ctx.clock(), changes.last_position(session)
    audience = audience_of(session, [one for one, _ in fresh])
    for one, gone in fresh:
        follower = audience.followers.get(one.follower_id)
        if follower is None:
            continue
        for reader in readers_of(one, follower, audience.members, MessageKind.SUBSCRIPTION_INVALID, now):
            yield PlannedMessage(
                kind=MessageKind.SUBSCRIPTION_INVALID,
                key=f"{MessageKind.SUBSCRIPTION_INVALID}:{one.id}:{ctx.today().isoformat()}",
                position=position, object_kind=str(one.followed), object_id=one.object_id, weighty=False,
                content={"title": one.title or _asked(one), "what": gone.what, "value": gone.value},
                person_id=reader.person_id, follower_id=reader.follower_id,
                organisation_id=reader.organisation_id, subscription_id=reader.subscription_id,
                mail_due_at=reader.mail_due_at,
            )  # fmt: skip


def _reason(gone: Gone | None) -> str | None:
    return None if gone is None else gone.reason


def _asked(one: Subscription) -> str | None:
    return (one.detail or {}).get("q") or None


class _Validity:
    """What there is to ask for, read when first asked."""

    def __init__(self, ctx: Context, session: Session) -> None:
        self._ctx, self._session = ctx, session
        self._tables = label_tables(ctx, current_marks(ctx))

    @cached_property
    def _land(self) -> Territory:
        return Naming.today(self._ctx, self._session).land

    @cached_property
    def _published(self) -> set[str]:
        heads = services.heads(self._session, services.all_ids(self._session))
        return {key for key, one in heads.items() if one.status is EntryStatus.PUBLISHED}

    def gone(self, one: Subscription) -> Gone | None:
        """Return what a subscription asks for in vain, None where it may be met."""
        detail = one.detail or {}
        if one.followed is FollowedKind.SEARCH:
            return self._of_search(SavedSearch.of(detail))
        return self._of_figure(FollowedFigure.of(detail))

    def _of_search(self, search: SavedSearch) -> Gone | None:
        for facet, values in search.filters.items():
            known = self._tables.get(facet, {})
            # Of several accepted values one is enough.
            if known.keys().isdisjoint(values):
                return Gone(facet, ", ".join(sorted(values)))
        if search.region is not None and not regions_meant(search.region, self._land):
            return Gone("region", search.region)
        return None

    def _of_figure(self, figure: FollowedFigure) -> Gone | None:
        rule = find_rule(self._ctx, figure.rule)
        if rule is None:
            return Gone("rule", figure.rule)
        if figure.unit not in rule.units:
            return Gone("unit", figure.unit)
        if figure.service is not None and figure.service not in self._published:
            return Gone("service", figure.service)
        if figure.state is not None and figure.state not in self._tables["lead_state"]:
            return Gone("lead_state", figure.state)
        return None
