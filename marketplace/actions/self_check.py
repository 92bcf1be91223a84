"""The EfA self-check of an entry: reading it, and the publisher's answers, each with a link that shows it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.entry_access import is_expected, seen_entry, written_entry
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor, may_write_service
from marketplace.domain.self_check import Answered, SelfCheck, Verdict, read_answers, self_check_of
from marketplace.errors import VersionMismatch, VersionRequired
from marketplace.exchange.requirement_rows import requirement_lists
from marketplace.store import self_check as stored


@dataclass(frozen=True, slots=True)
class EntrySelfCheck:
    """The self-check of an entry. ``tag`` changes with every answer; ``may_answer``: whoever asked may give some."""

    service_id: str
    service_name: str
    check: SelfCheck
    may_answer: bool

    @property
    def tag(self) -> str:
        """What a writer has to have seen: list and answers, whoever reads them."""
        said = repr((self.check.list.version, sorted(self.check.answers.items())))
        return blake2b(said.encode(), digest_size=16).hexdigest()


def read_self_check(ctx: Context, actor: Actor | None, service_id: str) -> EntrySelfCheck:
    """Return what an entry's publisher says about the EfA minimum requirements.

    Raises:
        NotFound, Gone: there is no such entry that the reader may know of.
    """
    with ctx.database.reading() as session:
        return _read(session, actor, service_id)


def form_of_self_check(ctx: Context, actor: Actor | None, service_id: str) -> EntrySelfCheck:
    """Return the newest list with what is answered of it, to be answered: an older list's answers do not count in it.

    Raises:
        Unauthenticated, Forbidden: only the entry's publisher answers.
        NotFound, Gone: there is no such entry that the actor may know of.
    """
    who = acting(actor, Action.WRITE_SERVICE)
    with ctx.database.reading() as session:
        entry = written_entry(session, service_id, who)
        return EntrySelfCheck(service_id, entry.name, _newest(session, service_id), may_answer=True)


def answer_self_check(
    ctx: Context,
    actor: Actor | None,
    service_id: str,
    fields: Mapping[str, Any],
    expected: str | Collection[str] | None,
) -> EntrySelfCheck:
    """Replace the answers to the newest list; what ``fields`` leave out is unanswered.

    ``expected`` is the tag of what the writer saw (or several, ``*``: whatever stands), None where nothing is answered yet. An answer that says the same as
    before keeps its day.

    Raises:
        Unauthenticated, Forbidden: only the entry's publisher answers.
        NotFound, Gone: there is no such entry that the actor may know of.
        InvalidInput: see ``domain.self_check.read_answers``.
        VersionRequired: something is answered and no tag was named.
        VersionMismatch: somebody answered in between.
    """
    who = acting(actor, Action.WRITE_SERVICE)
    now = ctx.clock()
    with ctx.database.writing() as session:
        entry = written_entry(session, service_id, who)
        before = EntrySelfCheck(service_id, entry.name, _newest(session, service_id), may_answer=True)
        _check_tag(before, expected)
        given = read_answers(fields, before.check.list)
        on_record = before.check.answers
        answers = [
            known if (known := on_record.get(one.requirement_id)) is not None and known.given == one
            else Answered(one, now, who.name)
            for one in given
        ]  # fmt: skip
        after = SelfCheck(before.check.list, {one.given.requirement_id: one for one in answers})
        if after.answers != on_record:
            stored.replace_answers(session, service_id, after.list.version, answers)
            verdicts = [one.given.verdict for one in answers]
            auditing.record(
                session, who, now, "service.self_checked", ("service", service_id),
                list_version=after.list.version, met=verdicts.count(Verdict.MET),
                not_met=verdicts.count(Verdict.NOT_MET), not_applicable=verdicts.count(Verdict.NOT_APPLICABLE),
            )  # fmt: skip
        return EntrySelfCheck(service_id, entry.name, after, may_answer=True)


def _read(session: Session, actor: Actor | None, service_id: str) -> EntrySelfCheck:
    entry = seen_entry(session, service_id, actor)
    check = self_check_of(requirement_lists(), stored.answers_of(session, service_id))
    may_answer = actor is not None and may_write_service(actor, entry.publisher).allowed
    return EntrySelfCheck(service_id, entry.name, check, may_answer)


def _newest(session: Session, service_id: str) -> SelfCheck:
    return self_check_of(requirement_lists()[-1:], stored.answers_of(session, service_id))


def _check_tag(before: EntrySelfCheck, expected: str | Collection[str] | None) -> None:
    if not before.check.is_answered:
        return  # Nothing can get lost, also where the writer saw the answers to an older list.
    if expected is None:
        raise VersionRequired("the self-check is answered: name the version that the change was made from")
    if not is_expected(before.tag, expected):
        raise VersionMismatch("somebody answered in between: read the self-check again")
