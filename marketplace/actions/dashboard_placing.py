"""What the rows of the federal dashboard become: statements about services and authorities, or nothing with a reason."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.eligible import Eligibility, Eligible
from marketplace.domain.adoption import Scope
from marketplace.domain.authority_key import KeyRefusal, regions_meant, resolve
from marketplace.domain.dashboard import (
    DashboardMapping,
    DashboardRow,
    Meaning,
    addresses_of,
    meaning_of,
    read_row,
    service_meant,
    statement,
)
from marketplace.domain.lifecycle import is_findable
from marketplace.domain.regions import Region
from marketplace.domain.service import Service
from marketplace.errors import InvalidInput
from marketplace.store import services


class DashboardPlacing:
    """Places the rows of one file, read from the dashboard on one day."""

    def __init__(
        self, session: Session, mapping: DashboardMapping, read_on: date, known_at: datetime
    ) -> None:
        self._mapping, self._read_on = mapping, read_on
        stored = services.load(session, services.all_ids(session))
        self._services = {key: one for key, one in stored.items() if is_findable(one.status)}
        self._addresses = addresses_of(self._services.values())
        self._facts = services.facts_of_many(session, sorted(self._services), read_on, known_at)
        self._eligibility = Eligibility(session, read_on, known_at)
        self._regions: dict[str, list[Region]] = {}

    def place(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the event that a row makes.

        Where the row's region executes the service itself, the row speaks for it alone, however wide the coverage;
        otherwise for those whom the coverage means.

        Raises:
            InvalidInput: it makes none, and why.
        """
        row = read_row(raw)
        service = self._service(row)
        meant = self._meant(row)
        meaning = meaning_of(row, self._mapping, [region.kind for region in meant])
        eligible = self._eligibility.of(self._facts[service.id])
        key, scope = self._whom(row, meant, meaning, eligible)
        if meaning.status is None:
            raise InvalidInput.one("art_flaechendeckung", "says_nothing", meaning.note)
        return statement(row, service, key, scope, meaning.status, self._read_on)

    def _service(self, row: DashboardRow) -> Service:
        service_id = service_meant(row, self._mapping, self._addresses)
        if service_id not in self._services:
            raise InvalidInput.one("url", "unknown_service", f"there is no published entry {service_id}")
        return self._services[service_id]

    def _meant(self, row: DashboardRow) -> list[Region]:
        """Return the regions of the body that the row's ARS means."""
        found = self._regions.get(row.ars)
        if found is None:
            found = self._regions[row.ars] = regions_meant(row.ars, self._eligibility.territory)
        if not found:
            raise InvalidInput.one("ars", "unknown", f"no region has the ARS {row.ars} on {self._read_on}")
        return found

    @staticmethod
    def _whom(
        row: DashboardRow, meant: list[Region], meaning: Meaning, eligible: Eligible
    ) -> tuple[str, Scope]:
        own = resolve(row.ars, Scope.OWN, eligible.territory, eligible.named, eligible.members)
        keys = {region.key for region in meant}
        if not isinstance(own, KeyRefusal) and own.key in keys and eligible.members is not None:
            return own.key, Scope.OWN
        found = resolve(row.ars, meaning.scope, eligible.territory, eligible.named, eligible.members)
        if isinstance(found, KeyRefusal):
            raise InvalidInput.one("ars", found.rule, found.message)
        return found.key, meaning.scope
