"""Look-up tables for judging a hundred thousand rows: each distinct value is judged once.

The tables know plain rows only. What they do not take (None) is not refused: ``judging.Judge`` says what is wrong
with it, if anything is.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.actions.eligible import Eligible
from marketplace.actions.judging import Judge
from marketplace.domain.adoption import Proof, Scope, Status, step_refusal
from marketplace.domain.authority_key import KeyRefusal, resolve
from marketplace.domain.event_rules import EARLIEST, FURTHEST_AHEAD, TEXTS
from marketplace.domain.lifecycle import EntryStatus, is_findable

CoreKey = tuple[str | None, str | None, str | None, str | None, str | None]
"""The texts of service_id, status, effective_on, scope and proof."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PAIR_BASE = 1 << 40
"""Identities of authorities are below it."""


class KeyTable(dict[str | None, tuple[int, str] | None]):
    """Who is meant by a key in a scope, by one set on one day: identity and key, None where nobody clearly is."""

    def __init__(self, scope: Scope, eligible: Eligible) -> None:
        self.scope, self.eligible = scope, eligible

    def __missing__(self, text: str | None) -> tuple[int, str] | None:
        found = self[text] = self._read((text or "").strip())
        return found

    def _read(self, text: str) -> tuple[int, str] | None:
        if not text or not text.isprintable() or len(text) > TEXTS["authority_key"]:
            return None
        land = self.eligible
        if self.scope is Scope.OWN and land.members is not None and text not in land.named:
            # A key as it should be means nobody else: what else it might mean need not be looked up.
            literal = land.members.get(text)
            if literal is not None:
                return literal.id, literal.key
        authority = resolve(text, self.scope, land.territory, land.named, land.members)
        return None if isinstance(authority, KeyRefusal) else (authority.id, authority.key)


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """What the five fields that nearly every row repeats say.

    ``base`` plus an authority's identity numbers the pair; ``starts``: the status may stand first in a sequence.
    """

    service_id: str
    base: int
    status: str
    scope: str
    effective_on: date
    proof: str
    keys: KeyTable
    starts: bool


class CoreTable(dict[CoreKey, Core | None]):
    """The cores of a file by their texts, None where a field does not hold; for an actor who may record for all."""

    def __init__(self, judge: Judge, borders: Sequence[date], service_ids: set[str]) -> None:
        self._judge, self._borders = judge, borders
        judge.load_services(service_ids)
        self._services = dict(judge.services)
        self._facts = dict(judge.facts)
        self.bases = {
            service_id: number * PAIR_BASE for number, service_id in enumerate(sorted(self._services))
        }
        self._keys: dict[tuple[str | None, int, Scope], KeyTable] = {}

    def __missing__(self, key: CoreKey) -> Core | None:
        found = self[key] = self._read(key)
        return found

    def _read(self, key: CoreKey) -> Core | None:
        service_id, status_text, day_text, scope_text, proof_text = ((text or "").strip() for text in key)
        service = self._services.get(service_id)
        status, day = _STATUS.get(status_text), self._day(day_text)
        scope, proof = _SCOPE.get(scope_text or "own"), _PROOF.get(proof_text or "none")
        if service is None or status is None or day is None or scope is None or proof is None:
            return None
        if not (is_findable(service.status) or service.status is EntryStatus.WITHDRAWN):
            return None
        if self._facts[service_id].part_of is not None:
            return None
        if status is Status.LIVE and service.available_from and day < service.available_from:
            return None
        return Core(
            service_id, self.bases[service_id], str(status), str(scope), day, str(proof),
            self._key_table(service_id, day, scope), step_refusal(None, status) is None,
        )  # fmt: skip

    def _day(self, text: str) -> date | None:
        if not _DAY.fullmatch(text):
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None
        return day if EARLIEST <= day <= self._judge.today + FURTHEST_AHEAD else None

    def _key_table(self, service_id: str, day: date, scope: Scope) -> KeyTable:
        facts = self._facts[service_id]
        name = (facts.authority_set, bisect_right(self._borders, day), scope)
        found = self._keys.get(name)
        if found is None:
            found = self._keys[name] = KeyTable(scope, self._judge.eligible_for(facts, day, service_id))
        return found


_STATUS: Mapping[str, Status] = {str(status): status for status in Status if status is not Status.VOID}
_SCOPE: Mapping[str, Scope] = {str(scope): scope for scope in Scope}
_PROOF: Mapping[str, Proof] = {str(proof): proof for proof in Proof}
