"""How much of everything there is, for who runs the marketplace."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select, text, true
from sqlalchemy.orm import Session

from marketplace.domain.audit import Outcome
from marketplace.store.tables import (
    AuditEntryRow,
    AuthorityRow,
    AuthoritySetRow,
    CountingRuleRow,
    DelegationRow,
    InvitationRow,
    MembershipRow,
    OrganisationRow,
    PersonRow,
    RegisterRow,
    SearchMissRow,
    SearchNeedRow,
    ServiceRevisionRow,
    ServiceWithdrawalRow,
    ThesaurusRow,
    TokenRow,
    WebSessionRow,
)
from marketplace.store.tables.base import Table


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of rows; ``invitations``, ``tokens``, ``sessions`` and ``delegations`` are those still good.

    ``people`` are accounts that are not erased, ``members`` those of them who belong to somebody. ``authorities`` are
    those with a key of their own, ``newest_register`` its territory date. ``withdrawals`` are planned ones.
    """

    organisations: int
    people: int
    members: int
    invitations: int
    sessions: int
    tokens: int
    delegations: int
    drafts: int
    reviews: int
    withdrawals: int
    authorities: int
    authority_sets: int
    registers: int
    newest_register: date | None
    counting_rules: int
    thesaurus_rows: int
    needs: int
    misses: int
    audit_entries: int
    refusals: int


def counts(session: Session, now: datetime, today: date, refused_since: datetime) -> Counts:
    """Count everything in one statement; ``refusals`` are those since ``refused_since``."""
    good_until = (TokenRow.expires_at.is_(None)) | (TokenRow.expires_at > now)
    asked = {
        "organisations": _count(OrganisationRow),
        "people": _count(PersonRow, PersonRow.erased_at.is_(None)),
        "members": select(func.count(MembershipRow.person_id.distinct())),
        "invitations": _count(
            InvitationRow,
            InvitationRow.accepted_at.is_(None)
            & InvitationRow.revoked_at.is_(None)
            & (InvitationRow.expires_at > now),
        ),
        "sessions": _count(WebSessionRow, WebSessionRow.ends_at > now),
        "tokens": _count(TokenRow, TokenRow.revoked_at.is_(None) & good_until),
        "delegations": _count(
            DelegationRow,
            DelegationRow.ended_at.is_(None)
            & (DelegationRow.valid_to.is_(None) | (DelegationRow.valid_to > today)),
        ),
        "drafts": _count(ServiceRevisionRow, ServiceRevisionRow.state == "draft"),
        "reviews": _count(ServiceRevisionRow, ServiceRevisionRow.state == "in_review"),
        "withdrawals": _count(ServiceWithdrawalRow, ServiceWithdrawalRow.withdrawn_on > today),
        "authorities": _count(AuthorityRow, AuthorityRow.key.is_not(None)),
        "authority_sets": _count(AuthoritySetRow),
        "registers": _count(RegisterRow),
        "newest_register": select(func.max(RegisterRow.territory_on)),
        "counting_rules": _count(CountingRuleRow),
        "thesaurus_rows": _count(ThesaurusRow),
        "needs": select(func.coalesce(func.sum(SearchNeedRow.count), 0)),
        "misses": _count(SearchMissRow, SearchMissRow.text.is_not(None)),
        "audit_entries": _count(AuditEntryRow),
        "refusals": _count(
            AuditEntryRow, (AuditEntryRow.at >= refused_since) & (AuditEntryRow.outcome == Outcome.REFUSED)
        ),
    }
    columns = [statement.scalar_subquery().label(name) for name, statement in asked.items()]
    return Counts(**session.execute(select(*columns)).one()._asdict())


def schema_version(session: Session) -> str:
    """Return the name of the migration that the database is at."""
    return str(session.scalar(text("SELECT version_num FROM alembic_version")))


def _count(table: type[Table], condition: ColumnElement[bool] | None = None) -> Select[int]:
    return select(func.count()).select_from(table).where(true() if condition is None else condition)
