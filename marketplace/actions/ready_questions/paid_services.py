"""Which services a state pays for although hardly any of its authorities is live."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.actions.context import Context
from marketplace.actions.figures import Figure
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.ready_questions.answers import (
    ReadyAnswer,
    Standpoint,
    filters_of,
    find_state,
    read_questions,
    stand,
)
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.actions.service_figures import figures_of
from marketplace.domain.adoption import Event, Proof, Status, known
from marketplace.domain.reading import Record, record_of
from marketplace.domain.ready_questions import PAID_SERVICES
from marketplace.domain.standing import AGREED_OR_FURTHER
from marketplace.errors import InvalidInput
from marketplace.store import event_extracts

BELOW = 0.2


@dataclass(frozen=True, slots=True)
class PaidServiceRow:
    """A service that the state has joined: what its statement says, since when, with which proof; who is live by ``figure``."""

    service: str
    name: str
    status: Status
    since: date
    proof: Proof
    proof_until: date | None
    figure: Figure


@kept_while_unchanged(128)
def paid_services(
    ctx: Context,
    state: str,
    wanted: OverviewFilter | None = None,
    *,
    below: float = BELOW,
    rules: tuple[str, ...] = (),
    as_of: date | None = None,
    known_at: str | datetime | None = None,
) -> ReadyAnswer[PaidServiceRow]:
    """Answer which services a state has joined with a share of live authorities below a threshold, the lowest first.

    Raises:
        InvalidInput: a parameter that is none.
        NotFound: there is no such state.
    """
    if not 0 < below <= 1:
        raise InvalidInput.one("below", "range", "must be a share above 0, at most 1")
    questions = read_questions(ctx, PAID_SERVICES, rules, as_of, known_at)
    with ctx.database.reading() as session:
        at = stand(ctx, session, PAID_SERVICES, questions, wanted)
        region = find_state(at.territory, state)
        said: Mapping[str, list[Event]] = {}
        if region.authority_id is not None:
            said = event_extracts.covers_of_authority(session, region.authority_id)
        records = {one: _record(said.get(one, ()), at) for one in at.ids}
        paid = [one for one, record in records.items() if record and record.status in AGREED_OR_FURTHER]
        found = figures_of(at.reader, paid, questions[1])
    names = {entry.id: entry.name for entry in at.entries}
    rows = []
    for service_id in paid:
        record, tally = records[service_id], found[service_id].group(state)
        if record is None or tally is None:
            continue
        figure = Figure.of(state, region.name, tally)
        if figure.rate is not None and figure.rate < below:
            rows.append(
                PaidServiceRow(
                    service_id, names[service_id], record.status, record.since, record.proof, record.proof_until, figure
                )
            )  # fmt: skip
    rows.sort(key=lambda row: (row.figure.rate or 0, row.name))
    return at.answered(
        rows,
        {"state": state, "below": below, **filters_of(wanted)},
        numerator=len(rows),
        denominator=sum(state in one.labels for one in found.values()),
        demo=any(one.demo for one in found.values()),
    )


def _record(events: Iterable[Event], at: Standpoint) -> Record | None:
    """Return the last word of a state's statements for all below it."""
    heard = [e for e in known(events, at.known_at) if not e.is_claim and e.effective_on <= at.as_of]
    return record_of(heard) if heard else None
