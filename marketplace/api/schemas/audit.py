"""Entries of the audit log."""

from marshmallow import fields

from marketplace.actions.audit_log import LoggedEntry
from marketplace.api.fields import Choice, Day, Text
from marketplace.api.schemas.base import InAnswer, Listed, TableQuery, instant, nullable, word
from marketplace.domain.audit import Outcome


class AuditEntryEntry(InAnswer):
    """Who did what, for whom and when."""

    id = fields.Integer(metadata={"description": "Number of the entry; newer ones have higher numbers"})
    at = fields.DateTime()
    actor = fields.String(metadata={"description": "Name of the person or token; `public`: nobody known"})
    person_id = nullable("Id of the person; null for a machine")
    organisation = nullable("Id of the organisation acted for")
    on_behalf_of = nullable("Key of the authority for which it was done by delegation")
    act = fields.String(metadata={"description": "What was done, such as `service.approved`"})
    object_kind = fields.String()
    object_id = fields.String()
    outcome = word(Outcome)
    reason = nullable("Why it was refused")
    detail = fields.Dict(
        keys=fields.String(), metadata={"description": "What changed, in few plain values; no secrets"}
    )
    request_id = nullable("Id of the request in the server's logs")


class AuditEntryList(Listed):
    """A page of the log."""

    items = fields.List(fields.Nested(AuditEntryEntry))


class AuditEntryQuery(TableQuery):
    """Parameters of the log."""

    actor = Text(high=200, metadata={"description": "Name of the person or token"})
    organisation = Text(high=80, metadata={"description": "Id of the organisation acted for"})
    on_behalf_of = Text(high=80, metadata={"description": "Key of the authority acted for"})
    act = Text(high=60, metadata={"description": "Name of the act"})
    object_kind = Text(high=40)
    object_id = Text(high=120)
    outcome = Choice(tuple(str(one) for one in Outcome))
    since = Day(metadata={"description": "First day in Germany"})
    until = Day(metadata={"description": "Last day in Germany"})


def entry_body(logged: LoggedEntry) -> dict[str, object]:
    """Make an entry."""
    entry = logged.entry
    return {
        "id": logged.id,
        "at": instant(entry.at),
        "actor": entry.actor,
        "person_id": entry.person_id,
        "organisation": entry.organisation_id,
        "on_behalf_of": entry.on_behalf_of,
        "act": entry.act,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "outcome": entry.outcome,
        "reason": entry.reason,
        "detail": dict(entry.detail),
        "request_id": entry.request_id,
    }
