"""In whose name a month's use stands in the ledger: that of an organisation whose number carries it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy.orm import Session

from marketplace.actions.acting_for import ActingFor
from marketplace.actions.usage_placing import Placed
from marketplace.domain.access import Actor, Role, Voice, may_record
from marketplace.domain.adoption import AssertedBy, Scope
from marketplace.domain.catalogue import Organisation, OrganisationKind
from marketplace.domain.usage import Carrier, reported_for
from marketplace.store import organisations
from marketplace.store.ledger import StoredEvent
from marketplace.store.usage import UsageReport

Subject = tuple[str, int, date]


class Carriers:
    """Whose numbers above zero carry each month, before a batch of reports and after it."""

    def __init__(
        self, session: Session, today: date, before: Iterable[UsageReport], after: Iterable[UsageReport]
    ) -> None:
        self._session, self._today = session, today
        self._before, self._after = _above_zero(before), _above_zero(after)

    def is_carried(self, subject: Subject) -> bool:
        """Tell whether somebody has cases for a month after the batch."""
        return bool(self._after.get(subject))

    def successor(self, row: Placed, stands: StoredEvent) -> Carrier | None:
        """Return who carries a month from now on, where who its event speaks for does so no more.

        That is whoever has the largest number; None: the event stands as it does.
        """
        before, after = (by.get(row.report.subject, {}) for by in (self._before, self._after))
        if not after or before.keys() <= after.keys():
            return None
        known = organisations.organisations(self._session, map(reported_for, {*before, *after}))
        own = stands.organisation_id if stands.organisation_id in known else None
        if own is None and stands.asserted_by != AssertedBy.REGISTER:
            return None
        if own not in _owners(before, known) or own in _owners(after, known):
            return None
        source = max(after, key=lambda one: (after[one], one))
        return self._carrier(row, known.get(reported_for(source)))

    def _carrier(self, row: Placed, organisation: Organisation | None) -> Carrier:
        """Return in whose voice an organisation reports; that of a register where it is an operator's, or had to stop."""
        register = Voice(AssertedBy.REGISTER)
        if organisation is None:
            return Carrier(None, register)
        return Carrier(organisation.id, self._voice(row, organisation) or register)

    def _voice(self, row: Placed, organisation: Organisation) -> Voice | None:
        roles = {Role.AUTHORITY, Role.PUBLISHER}
        if organisation.kind is OrganisationKind.COORDINATION:
            roles.add(Role.COORDINATION)
        bound = organisations.region_keys(self._session, organisation.id)
        who = Actor(organisation.name, organisation.id, frozenset(roles), bound)
        region_key = row.authority.region_key
        permission = ActingFor(self._session, who, self._today).find(row.body, region_key, row.recorded_for)
        key = min(bound.intersection(row.body), default=row.authority.key)
        return may_record(
            who, row.service.publisher, key, region_key, Scope.OWN,
            delegated=permission.delegation is not None,
        ).voice  # fmt: skip


def _above_zero(reports: Iterable[UsageReport]) -> dict[Subject, dict[str, int]]:
    found: dict[Subject, dict[str, int]] = defaultdict(dict)
    for report in reports:
        if report.cases_online > 0:
            found[report.subject][report.source] = report.cases_online
    return found


def _owners(sources: Collection[str], known: Mapping[str, Organisation]) -> set[str | None]:
    """Return the organisations behind sources, None for those that an operator named."""
    return {name if (name := reported_for(source)) in known else None for source in sources}
