"""Counting rules, shipped and published: finding them by name, listing them, publishing a new version.

Published rules never change, so they are kept a process: a version for good, the list of them by the version of the
ledger at which anything but events was last recorded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing, changing
from marketplace.actions.context import Context
from marketplace.actions.kept import Kept
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor
from marketplace.domain.change import ChangeKind, NewChange, ObjectKind
from marketplace.domain.rule import LATEST, Rule
from marketplace.domain.rule_reader import read_rule
from marketplace.domain.rule_versions import (
    breaches_of_versions,
    contradictions,
    find_among,
    first_of,
    newest_of,
)
from marketplace.domain.shipped_rules import RULES
from marketplace.errors import Conflict, FieldError, InvalidInput
from marketplace.exchange.rule_files import read_rule_file
from marketplace.store import counting_rules, head
from marketplace.store.counting_rules import PublishedRule

MAX_PUBLISHED = 1000
KEPT_VERSIONS = 256


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule version; ``published_at`` and ``organisation_id`` say when and by whom, None for a shipped one.

    ``contradicts`` are the parameters in which it counts something else than the first version of its id: published
    before that was refused, it is read only where its number is named.
    """

    rule: Rule
    published_at: datetime | None = None
    organisation_id: str | None = None
    contradicts: tuple[str, ...] = ()


_SHIPPED = tuple(ListedRule(rule) for rule in RULES)
_kept: Kept[tuple[ListedRule, ...]] = Kept(1)
_versions: Kept[Rule | None] = Kept(KEPT_VERSIONS)


def list_rules(ctx: Context, seen: int | None = None) -> tuple[ListedRule, ...]:
    """Return all rules in all versions: the shipped ids first, then others by id; the versions of each ascending.

    ``seen``: the version of the structure that the asker's session sees, where it has read it already.
    """
    # Read before the rules are: what is published in between is in the list early, never missing from it.
    version = counting_rules.version_of_rules(ctx.database) if seen is None else seen
    return _kept.get(ctx.database.engine, version, lambda: _read(ctx))


def rules_to_choose_from(ctx: Context, chosen: Rule) -> list[Rule]:
    """Return what each id alone means in the order of ``list_rules``, beside it the chosen one if it is another version."""
    found: list[Rule] = []
    for rule in newest_of(listed.rule for listed in list_rules(ctx)):
        is_other = rule.id == chosen.id and rule.version != chosen.version
        found += sorted([chosen, rule], key=lambda one: one.version) if is_other else [rule]
    return found


def find_rule(ctx: Context, name: str, seen: int | None = None) -> Rule | None:
    """Return a rule by ``id`` or ``id@version``; without a version, or with ``latest``, what ``rule_versions`` calls newest.

    ``seen`` as in ``list_rules``.
    """
    return find_rules(ctx, [name], seen)[0]


def find_rules(ctx: Context, names: Sequence[str], seen: int | None = None) -> list[Rule | None]:
    """Return what ``find_rule`` returns for each of some names; which versions are the newest is asked once."""
    listed: tuple[ListedRule, ...] | None = None
    found = []
    for name in names:
        if name.partition("@")[2] in ("", LATEST):
            listed = listed or list_rules(ctx, seen)
            found.append(_find(listed, name))
        else:
            found.append(_versions.get(ctx.database.engine, name, partial(_find_now, ctx, name)))
    return found


def publish_rule(
    ctx: Context, actor: Actor | None, fields: Mapping[str, Any], *, dry_run: bool = False
) -> tuple[ListedRule, bool]:
    """Publish a new version of a rule, or a new rule; return it with its number, and whether it is new.

    Saying what the newest version says already is no new version. A dry run judges the rule and tells the number that
    it would get.

    Raises:
        Unauthenticated, Forbidden: the actor may not publish rules.
        InvalidInput: naming every field that breaks a rule, or every law that the counting rule breaks, alone or beside
            the first version of its id.
        Conflict: as many rules are published as there may be.
    """
    who = acting(actor, Action.PUBLISH_RULE)
    wanted = read_rule(fields)
    if dry_run:
        with ctx.database.reading() as session:
            return _numbered(wanted, _all(session), ctx.clock(), who)
    with ctx.database.writing() as session:
        held = head.lock(session)
        there = _all(session)
        found, is_new = _numbered(wanted, there, ctx.clock(), who)
        if not is_new:
            return found, False
        if len(there) - len(_SHIPPED) >= MAX_PUBLISHED:
            raise Conflict(f"{MAX_PUBLISHED} rule versions are published, and no more can be")
        recorded_at = head.advance(session, held, ctx.clock())
        counting_rules.add(session, found.rule, recorded_at, who.organisation_id)
        about = ("counting_rule", f"{found.rule.id}@{found.rule.version}")
        auditing.record(session, who, ctx.clock(), "counting_rule.published", about)
        changing.record(session, who, ctx.clock(), [_change_of(found.rule)])
    return replace(found, published_at=recorded_at), True


def publish_file(
    ctx: Context, actor: Actor | None, data: bytes, *, dry_run: bool = False
) -> tuple[ListedRule, bool]:
    """Publish the rule of a file (one JSON object), as ``publish_rule`` does.

    Raises:
        Unauthenticated, Forbidden, Conflict: as ``publish_rule``.
        InvalidInput: as ``publish_rule``, or the file is no JSON object.
    """
    acting(actor, Action.PUBLISH_RULE)
    return publish_rule(ctx, actor, read_rule_file(data), dry_run=dry_run)


def _change_of(rule: Rule) -> NewChange:
    content = {"id": rule.id, "version": rule.version, "title_de": rule.title_de, "title_en": rule.title_en}
    return NewChange(ChangeKind.RULE_PUBLISHED, ObjectKind.COUNTING_RULE, rule.id, content)


def _numbered(
    wanted: Rule, there: tuple[ListedRule, ...], now: datetime, who: Actor
) -> tuple[ListedRule, bool]:
    """Return the rule with the next number of its id, or the newest version if that says the same.

    Raises:
        InvalidInput: it contradicts the first version of its id.
    """
    versions = [listed for listed in there if listed.rule.id == wanted.id]
    newest = _find(versions, wanted.id)
    for listed in versions:
        if listed.rule is newest and newest.says_the_same_as(wanted):
            return listed, False
    rule = replace(wanted, version=max((one.rule.version for one in versions), default=0) + 1)
    first = first_of([*(one.rule for one in versions), rule])
    if broken := list(breaches_of_versions(rule, first)):
        raise InvalidInput([FieldError(one.field, one.law, one.message) for one in broken])
    return ListedRule(rule, now, who.organisation_id), True


def _find(listed: Iterable[ListedRule], name: str) -> Rule | None:
    return find_among((one.rule for one in listed), name)


def _find_now(ctx: Context, name: str) -> Rule | None:
    return _find(list_rules(ctx), name)


def _read(ctx: Context) -> tuple[ListedRule, ...]:
    with ctx.database.reading() as session:
        return _all(session)


def _all(session: Session) -> tuple[ListedRule, ...]:
    """Return the rules in the order of ``list_rules``; a number means what was published under it."""
    published = [_listed(one) for one in counting_rules.published_rules(session)]
    by_number = {(one.rule.id, one.rule.version): one for one in (*_SHIPPED, *published)}
    shipped_ids = [rule.id for rule in RULES]

    def place(one: ListedRule) -> tuple[int, str, int]:
        rule = one.rule
        at = shipped_ids.index(rule.id) if rule.id in shipped_ids else len(shipped_ids)
        return at, rule.id, rule.version

    firsts: dict[str, Rule] = {}
    found = []
    for one in sorted(by_number.values(), key=place):
        first = firsts.setdefault(one.rule.id, first_of([one.rule]))
        found.append(replace(one, contradicts=contradictions(one.rule, first)))
    return tuple(found)


def _listed(one: PublishedRule) -> ListedRule:
    return ListedRule(one.rule, one.recorded_at, one.organisation_id)
