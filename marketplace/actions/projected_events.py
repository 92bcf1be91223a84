"""The events behind a step in time alone, from the projection: what ``StepEvents`` reads event by event, in two questions."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from sqlalchemy.orm import Session

from marketplace.actions.change_events import StepEnd, Told
from marketplace.domain.authority import Authority
from marketplace.store.standing_events import Deciding, SequenceName, deciding_events, effective_between


def is_by_time_alone(before: StepEnd, after: StepEnd) -> bool:
    """Tell whether the projection answers for both ends: nothing became known between them, or after.

    Parts of an entry are left out: they share its events, of which each counts some.
    """
    return before.known_at == after.known_at and all(
        end.found.is_projected and end.found.counted.part is None for end in (before, after)
    )


class ProjectedEvents:
    """What the ledger tells of a step between two days; read when something is asked of it.

    ``concerned`` are the authorities that will be asked about, as they are at either end.
    """

    def __init__(
        self, session: Session, service_id: str, days: tuple[date, date], concerned: Sequence[Authority]
    ) -> None:
        self._session, self._service_id, self._days = session, service_id, days
        self._concerned = {one.id for one in concerned}

    @cached_property
    def _deciding(self) -> tuple[dict[int, Deciding], dict[int, Deciding]]:
        return deciding_events(self._session, self._service_id, self._concerned, self._days)

    @cached_property
    def _new(self) -> dict[SequenceName, list[int]]:
        speakers = {one.sequence.authority_id for decided in self._deciding for one in decided.values()}
        return effective_between(self._session, self._service_id, speakers, self._days)

    def about(self, before: Authority, after: Authority) -> Told:
        """Return what is told of one authority, as it was before the step and after it."""
        on_first, on_last = self._deciding
        first, last = on_first.get(before.id), on_last.get(after.id)
        decided = last or first
        new: set[int] = set()
        for one in (first, last):
            if one is not None:
                new.update(self._new.get(one.sequence, ()))
        return Told(
            tuple(sorted(new)) or (() if decided is None else (decided.event_id,)),
            not _took_over(first, before) and _took_over(last, after),
        )


def _took_over(deciding: Deciding | None, authority: Authority) -> bool:
    """Tell whether an authority stands by what a region that went into it said."""
    return (
        deciding is not None and not deciding.is_inherited and deciding.sequence.authority_id != authority.id
    )
