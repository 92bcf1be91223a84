"""From recorded changes to tellings: what of them somebody can be told, whole with what the ledger says."""

from collections.abc import Sequence
from functools import cached_property

from sqlalchemy.orm import Session

from marketplace.actions.adoption_tellings import adoption_tellings
from marketplace.actions.authority_naming import Naming
from marketplace.actions.authority_speakers import AuthoritySpeakers, profile_of
from marketplace.actions.context import Context
from marketplace.domain.change import Change, ChangeKind, MessageKind
from marketplace.domain.change_tellings import telling_of, telling_with
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.telling import Profile, Telling
from marketplace.store import services


class Tellings:
    """What some changes mean, read on one snapshot; what no change asks for is not read."""

    def __init__(self, ctx: Context, session: Session, changes: Sequence[Change]) -> None:
        self._ctx, self._session = ctx, session
        adopted = [one.object_id for one in changes if one.kind is ChangeKind.ADOPTION_RECORDED]
        self._services = services.load(session, adopted) if adopted else {}
        self._stale_of = {
            one.content["authority_key"] for one in changes if one.kind is ChangeKind.RECORD_STALE_SOON
        }

    @cached_property
    def _naming(self) -> Naming:
        return Naming.today(self._ctx, self._session)

    @cached_property
    def _speakers(self) -> AuthoritySpeakers:
        """Who speaks for the authorities whose records turn stale soon: many do so on one day."""
        return AuthoritySpeakers(self._session, self._naming, self._stale_of, self._ctx.today())

    def profile_of(self, region_key: str) -> Profile | None:
        """Return state and size class of a region's own administration, None where they are not known."""
        return profile_of(self._naming, region_key)

    def of(self, change: Change) -> list[Telling]:
        """Return what is told of a change; nothing of the adoption of an entry that the public does not see."""
        if change.kind is ChangeKind.ADOPTION_RECORDED:
            service = self._services.get(change.object_id)
            if service is None or service.status is not EntryStatus.PUBLISHED:
                return []
            return adoption_tellings(self._session, self._naming, self._ctx.today(), change, service)
        if change.kind is ChangeKind.RECORD_STALE_SOON:
            return self._of_record(change)
        telling = telling_of(change)
        return [] if telling is None else [telling]

    def _of_record(self, change: Change) -> list[Telling]:
        told = self._speakers.of(change.content["authority_key"], change.object_id)
        if not told:
            return []
        kind = MessageKind.RECORD_STALE_SOON
        return [telling_with(change, kind, frozenset(), only_organisations=told)]
