"""Rows of counting rules that operators published: read whole, added to, never changed."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from marketplace.domain.adoption import Status
from marketplace.domain.rule import Rule, StateCounts
from marketplace.store.database import Database
from marketplace.store.tables import CountingRuleRow

_R = CountingRuleRow
_TEXTS = (
    "title_de", "title_en", "text_de", "text_en", "example_de", "example_en", "weakness_de", "weakness_en",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublishedRule:
    """A rule version of an operator's, with when it was published, and for which organisation."""

    rule: Rule
    recorded_at: datetime
    organisation_id: str


def published_rules(session: Session) -> list[PublishedRule]:
    """Return all published rule versions, in the order in which they were published."""
    rows = session.scalars(select(_R).order_by(_R.id))
    return [PublishedRule(_rule(row), row.recorded_at, row.organisation_id) for row in rows]


def version_of_rules(database: Database) -> int:
    """Return a number that rises with every publication (and with whatever else is recorded that is no event).

    Every question for the newest version of a rule asks for it.
    """
    (version,) = database.bare_row("SELECT structure_version FROM ledger") or (0,)
    return int(version)


def add(session: Session, rule: Rule, recorded_at: datetime, organisation_id: str) -> None:
    """Write a new rule version, under the ledger lock."""
    values = asdict(rule)
    values["rule_id"] = values.pop("id")
    values["counted"] = sorted(rule.counted)
    session.execute(insert(_R).values(**values, recorded_at=recorded_at, organisation_id=organisation_id))


def _rule(row: CountingRuleRow) -> Rule:
    return Rule(
        id=row.rule_id,
        version=row.version,
        **{name: getattr(row, name) for name in _TEXTS},
        counted=frozenset(Status(name) for name in row.counted),
        claims=row.claims,
        inherited=row.inherited,
        stale_after_days=row.stale_after_days,
        developing_states=row.developing_states,
        state_counts=None if row.state_counts is None else StateCounts(row.state_counts),
        area_wide_percent=row.area_wide_percent,
    )
