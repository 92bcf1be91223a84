"""Writing a judged file: plain rows by columns, the others one by one, ids in the order of the file."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import changing, event_auditing, projection
from marketplace.actions.bulk_columns import PlainRows
from marketplace.actions.bulk_lookups import Core
from marketplace.actions.event_candidates import Candidate
from marketplace.actions.projection import Spoke
from marketplace.actions.recording import ledger_rows
from marketplace.domain.access import Actor
from marketplace.domain.adoption import AssertedBy, Scope
from marketplace.domain.backfill import Brought
from marketplace.store import bulk_ledger, head, ledger
from marketplace.store.head import Head


@dataclass(frozen=True, slots=True)
class Batch:
    """What a judged file adds: the plain rows at ``positions`` (ascending) and the ``others``, by row number too."""

    rows: PlainRows
    positions: Sequence[int]
    others: Sequence[Candidate]
    brought: Mapping[int, Brought]

    def __len__(self) -> int:
        return len(self.positions) + len(self.others)


def write(
    session: Session, batch: Batch, actor: Actor, held: Head, now: datetime,
    progress: Callable[[str, int, int], None] | None = None,
) -> datetime:  # fmt: skip
    """Append a judged file under the ledger lock that ``held`` took, and project it; return the true recording."""
    recorded_at = head.advance(session, held, now, events=len(batch))
    first = held.last_event_id + 1
    ids: Sequence[int] = range(first, first + len(batch))
    if batch.others:
        everything = sorted([*batch.positions, *(candidate.outcome.row - 1 for candidate in batch.others)])
        by_position = dict(zip(everything, ids, strict=True))
        ids = [by_position[position] for position in batch.positions]
        others = [(by_position[candidate.outcome.row - 1], candidate) for candidate in batch.others]
    else:
        others = []
    if batch.positions:
        columns = _columns(batch, ids, actor, recorded_at)
        repeated = {
            name: values[0] for name, values in columns.items() if name != "id" and len(set(values)) == 1
        }
        varying = {name: values for name, values in columns.items() if name not in repeated}
        bulk_ledger.append_columns(
            session, varying, {n: v for n, v in repeated.items() if v is not None},
            progress and (lambda done: progress("write", done, len(batch))),
        )  # fmt: skip
    rows = ledger_rows(others, actor, recorded_at)
    ledger.append(session, rows)
    plain: dict[str, list[int]] = defaultdict(list)
    for event_id, position in zip(ids, batch.positions, strict=True):
        core = batch.rows.cores[position]
        if core is not None:
            plain[core.service_id].append(event_id)
    counted = {service_id: len(its) for service_id, its in plain.items()}
    event_auditing.record_events(session, actor, now, rows, counted)
    projection.follow_events(session, held, projection.moment(held, recorded_at), _touched(batch))
    for service_id, its in changing.ids_by_service(rows).items():
        plain[service_id] += its
    changing.record_adoptions(session, actor, now, plain)
    return recorded_at


def _touched(batch: Batch) -> dict[str, set[Spoke]]:
    """Return who spoke, by service."""
    touched: dict[str, set[Spoke]] = defaultdict(set)
    cores, authorities = batch.rows.cores, batch.rows.authorities
    by_core: dict[Core | None, list[tuple[int, str] | None]] = defaultdict(list)
    for position in batch.positions:
        by_core[cores[position]].append(authorities[position])
    for core, spoke in by_core.items():
        if core is not None:
            is_below = core.scope == Scope.BELOW
            touched[core.service_id].update([(one[0], is_below) for one in spoke if one is not None])
    for candidate in batch.others:
        touched[candidate.service.id].add((candidate.authority.id, candidate.draft.scope is Scope.BELOW))
    return touched


def _columns(
    batch: Batch, ids: Sequence[int], actor: Actor, recorded_at: datetime
) -> dict[str, Sequence[Any]]:
    rows, positions = batch.rows, batch.positions
    every = len(positions) == len(rows.cores)
    cores: Any = rows.cores if every else [rows.cores[position] for position in positions]
    who: Any = rows.authorities if every else [rows.authorities[position] for position in positions]
    columns: dict[str, Sequence[Any]] = {
        "id": ids,
        "service_id": [core.service_id for core in cores],
        "authority_id": [identity for identity, _ in who],
        "authority_key": [key for _, key in who],
        "status": [core.status for core in cores],
        "scope": [core.scope for core in cores],
        "effective_on": [core.effective_on for core in cores],
        "proof": [core.proof for core in cores],
        "actor": [actor.name] * len(cores),
        "organisation_id": [actor.organisation_id] * len(cores),
    }
    for name, values in rows.extras.items():
        columns[name] = values if every else [values[position] for position in positions]
    if batch.brought:
        brought = [batch.brought[position] for position in positions]
        columns["recorded_at"] = [one.recorded_at for one in brought]
        columns["asserted_by"] = [str(one.asserted_by) for one in brought]
        columns["backfilled_at"] = [recorded_at] * len(cores)
    else:
        columns["recorded_at"] = [recorded_at] * len(cores)
        columns["asserted_by"] = [str(AssertedBy.REGISTER)] * len(cores)
    return columns
