"""What is in work on a catalogue entry: its fields as they will stand, and where they are on their way."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b

from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.service import Service
from marketplace.domain.service_json import service_as_dict
from marketplace.domain.service_rules import KEPT_BY_THE_SERVER

ON_THE_WAY = frozenset({EntryStatus.DRAFT, EntryStatus.IN_REVIEW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A working revision of an entry, or the entry itself where nothing is in work.

    ``service`` holds all fields as they will stand; its status is the revision's: draft or in_review, also for a
    withdrawn entry. ``base_version`` is the published version it began from, 0 for an entry that never was
    published. ``editors`` are the ids of all who wrote in it. ``note`` is for whoever reviews it. ``is_open`` False:
    nothing is in work, this is the entry as it stands, and a first write opens a revision from it.
    """

    service: Service
    base_version: int
    editors: tuple[str, ...] = ()
    edited_at: datetime | None = None
    edited_by: str | None = None
    organisation_id: str | None = None
    note: str | None = None
    submitted_at: datetime | None = None
    submitted_by: str | None = None
    returned_at: datetime | None = None
    returned_by: str | None = None
    returned_reason: str | None = None
    is_open: bool = True

    @property
    def tag(self) -> str:
        """Its entity tag: of the version it began from, its fields, its state, and when that last changed."""
        instants = [str(one) for one in (self.edited_at, self.submitted_at, self.returned_at)]
        said = [self.base_version, str(self.service.status), instants, self.fields]
        return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).hexdigest()

    @property
    def fields(self) -> dict[str, object]:
        """What its author wrote, in the shape of the API: all fields but status and what the server keeps."""
        said = service_as_dict(self.service)
        return {name: said[name] for name in said if name not in (*KEPT_BY_THE_SERVER, "status")}


def was_published(service: Service) -> bool:
    """Tell whether the public has seen an entry; before that its row mirrors its revision."""
    return service.status not in ON_THE_WAY


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That an entry is withdrawn from the day ``on`` on, why, and which entry follows it.

    A day ahead is a plan: the entry stays published until then. ``merged``: it went into its successor.
    """

    service_id: str
    on: date
    reason: str
    successor: str | None = None
    merged: bool = False
    decided_at: datetime | None = None
    decided_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionHead:
    """That an entry was published anew at ``published_at``: who, for whom, why.

    ``version`` is the entry's; between two published ones numbers are left out where a draft was written. The names
    of ``edited_by`` and ``approved_by`` are None for whoever may not know them. ``own_review``: who wrote it also
    approved it.
    """

    version: int
    status: EntryStatus
    published_at: datetime
    edited_by: str | None = None
    approved_by: str | None = None
    organisation_id: str | None = None
    note: str | None = None
    own_review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceVersion(VersionHead):
    """An entry as the public saw it from ``published_at`` on."""

    service: Service


@dataclass(frozen=True, slots=True)
class RevisionComment:
    """A remark on a field of a revision (``*``: on all of it); ``resolved_at`` None: it is open."""

    id: int
    service_id: str
    field: str
    text: str
    author: str
    author_id: str
    organisation_id: str
    written_at: datetime
    resolved_at: datetime | None = None
    resolved_by: str | None = None
