"""For whom the actor's organisation may act by delegation, read once a batch."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.access import Actor
from marketplace.domain.authority_key import regions_meant
from marketplace.domain.delegation import Delegations, Permission
from marketplace.domain.regions import Territory
from marketplace.store import delegations


class ActingFor:
    """The delegations to the actor's organisation as they stand on the day of the act.

    An operator needs none: they are not read then.
    """

    def __init__(self, session: Session, actor: Actor, today: date) -> None:
        self._session, self._actor, self._today = session, actor, today
        self._held: Delegations | None = None

    @property
    def held(self) -> Delegations:
        """All delegations to the organisation, ended ones too."""
        if self._held is None:
            found = (
                [] if self._actor.is_operator
                else delegations.to_organisation(self._session, self._actor.organisation_id)
            )  # fmt: skip
            self._held = Delegations(found, self._today)
        return self._held

    def find(self, body: Collection[str], region_key: str, service_id: str | None) -> Permission:
        """Return whether the actor's organisation may act for an authority; see ``Delegations.find``."""
        return self.held.find(body, region_key, service_id)


def body_of(key: str, land: Territory) -> list[str]:
    """Return every key that an authority goes by in a territory: a kreisfreie Stadt is a district too."""
    return [region.key for region in regions_meant(key, land)] or [key]
