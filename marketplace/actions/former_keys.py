"""Finding a region by a key that it has no more, or not yet: bodies keep, keys change."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.authority_key import regions_meant, unpadded
from marketplace.domain.former_keys import Former, find_former
from marketplace.domain.regions import Region, Territory
from marketplace.errors import InvalidInput, NotFound
from marketplace.store import regions
from marketplace.store.territory import standing

_KEY_LENGTH = 12


class FormerKeys:
    """Who ever had some keys, AGS or ARS, as known at an instant; read at once for all of them."""

    def __init__(self, session: Session, texts: Iterable[str], known: datetime) -> None:
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        self._histories: dict[int, list[Region]] = {}
        wanted = {key for text in texts for key in _readings(text)}
        # Before the first recording the first one applies.
        register = standing(session, date.max, known) if wanted else None
        if register is None:
            return
        known = max(known, register.known)
        for version in regions.last_versions_by_key(session, wanted, known):
            for key in {version.key, version.ags} - {None}:
                self._holders[str(key)].append(version.region_id)
        identities = {identity for holders in self._holders.values() for identity in holders}
        self._histories = regions.histories(session, identities, known)

    def find(self, text: str, land: Territory) -> Former | None:
        """Return the region that a key of another day means in a territory, None where it means none."""
        holders = dict.fromkeys(
            identity for key in _readings(text) for identity in self._holders.get(key, ())
        )
        return find_former((self._histories[identity] for identity in holders), land)

    def meant(self, field: str, text: str, land: Territory) -> list[Region]:
        """Return the regions that a key of another day means in a territory, none where nobody ever had it.

        Raises:
            InvalidInput: the body has ended; it names ``field``.
        """
        former = self.find(text, land)
        if former is None:
            return []
        if former.refusal is not None:
            raise InvalidInput.one(field, former.refusal.rule, former.refusal.message)
        return regions_meant(former.region.key, land)


def regions_of_key(
    session: Session, key: str, land: Territory, known: datetime, kind: str = "region"
) -> list[Region]:
    """Return the regions that a key, AGS or ARS means in a territory; a key of another day means its body's region.

    Raises:
        NotFound: none; ``kind`` says what was asked for. Of a region that has ended it tells the day.
    """
    text = key.replace(" ", "")
    if meant := regions_meant(text, land):
        return meant
    former = FormerKeys(session, [text], known).find(text, land)
    if former is None:
        raise NotFound(kind, key)
    if former.ended_on is None:
        return regions_meant(former.region.key, land)
    hint = f": ask for a day before, or see /regions/{former.region.key} for what became of it"
    raise NotFound(kind, key, f" since {former.ended_on}{hint}")


def _readings(text: str) -> list[str]:
    key = text.replace(" ", "")
    if not (key.isascii() and key.isdigit() and len(key) <= _KEY_LENGTH):
        return []
    return [key, *unpadded(key)]
