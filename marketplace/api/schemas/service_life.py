"""The life of an entry: what is in work, its steps, its versions and differences, remarks, withdrawal."""

from marshmallow import Schema, fields, validate

from marketplace.actions.revision_comments import FIELDS, MAX_TEXT
from marketplace.api.schemas.base import InAnswer, Listed, PageQuery, day, instant, nullable, word
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import Revision, RevisionComment, ServiceVersion, VersionHead, Withdrawal
from marketplace.domain.service_difference import FieldChange, Mark
from marketplace.domain.service_rules import MAX_REASON
from marketplace.errors import FieldError


class WithdrawalFields(InAnswer):
    """That an entry is withdrawn from a day on; a day ahead is planned."""

    on = fields.Date()
    reason = fields.String()
    successor = nullable("Id of the entry that follows")


class RevisionFields(InAnswer):
    """What is known of a working revision beside its fields."""

    is_open = fields.Boolean(
        metadata={"description": "False: nothing is in work, a first write opens a revision"}
    )
    base_version = fields.Integer(metadata={"description": "The version it began from; 0: never published"})
    edited_at = fields.DateTime(allow_none=True)
    edited_by = nullable()
    note = nullable("What its author tells whoever reviews it")
    submitted_at = fields.DateTime(allow_none=True)
    submitted_by = nullable()
    returned_at = fields.DateTime(allow_none=True)
    returned_by = nullable()
    returned_reason = nullable()


class NoteFields(Schema):
    """A word to go with a step."""

    note = fields.String(allow_none=True, validate=validate.Length(max=MAX_REASON))


class ReasonFields(Schema):
    """Why a step is taken."""

    reason = fields.String(required=True, validate=validate.Length(1, MAX_REASON))


class WithdrawFields(ReasonFields):
    """From when on an entry is withdrawn, why, and what follows it."""

    on = fields.Date(required=True)
    successor = fields.String(
        allow_none=True, metadata={"description": "Id of the published entry that follows"}
    )


class BrokenField(InAnswer):
    """A field that lacks something."""

    field = fields.String()
    rule = fields.String()
    message = fields.String()


class MissingFields(InAnswer):
    """What is missing to publish."""

    missing = fields.List(fields.Nested(BrokenField))


class VersionRow(InAnswer):
    """A version that the public saw from ``published_at`` on."""

    version = fields.Integer()
    status = word(EntryStatus)
    published_at = fields.DateTime()
    organisation = nullable("Organisation that published it")
    note = nullable()
    own_review = fields.Boolean(metadata={"description": "Whether who wrote it also approved it"})
    edited_by = nullable("For the organisation itself and operators")
    approved_by = nullable("For the organisation itself and operators")


class VersionList(Listed):
    """A page of versions, the newest first."""

    items = fields.List(fields.Nested(VersionRow))


class VersionQuery(PageQuery):
    """Which page."""


class MarkedWords(InAnswer):
    """A run of words."""

    mark = word(Mark, "What became of the words")
    text = fields.String()


class ChangedField(InAnswer):
    """A field that says something else."""

    field = fields.String()
    old = fields.String()
    new = fields.String()
    words = fields.List(fields.Nested(MarkedWords))


class VersionChanges(InAnswer):
    """What changed against the version before."""

    version = fields.Integer()
    before = fields.Integer(allow_none=True, metadata={"description": "The version before; null: the first"})
    changes = fields.List(fields.Nested(ChangedField))


class CommentFields(Schema):
    """A remark on a field."""

    field = fields.String(
        required=True, validate=validate.OneOf(FIELDS), metadata={"description": "`*`: on all of it"}
    )
    text = fields.String(required=True, validate=validate.Length(1, MAX_TEXT))


class CommentBody(InAnswer):
    """A remark as it stands."""

    id = fields.Integer()
    field = fields.String()
    text = fields.String()
    author = fields.String()
    organisation = fields.String()
    written_at = fields.DateTime()
    resolved_at = fields.DateTime(allow_none=True)
    resolved_by = nullable()


class CommentList(InAnswer):
    """All remarks on what is in work, the oldest first."""

    items = fields.List(fields.Nested(CommentBody))


def withdrawal_body(withdrawal: Withdrawal) -> dict[str, object]:
    """Make a withdrawal."""
    return {"on": day(withdrawal.on), "reason": withdrawal.reason, "successor": withdrawal.successor}


def revision_state(revision: Revision) -> dict[str, object]:
    """Make what is known of a revision beside its fields."""
    return {
        "is_open": revision.is_open,
        "base_version": revision.base_version,
        "edited_at": instant(revision.edited_at),
        "edited_by": revision.edited_by,
        "note": revision.note,
        "submitted_at": instant(revision.submitted_at),
        "submitted_by": revision.submitted_by,
        "returned_at": instant(revision.returned_at),
        "returned_by": revision.returned_by,
        "returned_reason": revision.returned_reason,
    }


def missing_body(missing: list[FieldError]) -> dict[str, object]:
    """Make the list of what is missing."""
    return {"missing": [{"field": one.field, "rule": one.rule, "message": one.message} for one in missing]}


def version_row(version: VersionHead) -> dict[str, object]:
    """Make the row of a version."""
    return {
        "version": version.version,
        "status": version.status,
        "published_at": instant(version.published_at),
        "organisation": version.organisation_id,
        "note": version.note,
        "own_review": version.own_review,
        "edited_by": version.edited_by,
        "approved_by": version.approved_by,
    }


def changes_body(
    version: ServiceVersion, before: ServiceVersion | None, changes: list[FieldChange]
) -> dict[str, object]:
    """Make a difference."""
    return {
        "version": version.version,
        "before": before.version if before else None,
        "changes": [
            {
                "field": one.field,
                "old": one.old,
                "new": one.new,
                "words": [{"mark": mark, "text": text} for mark, text in one.words],
            }
            for one in changes
        ],
    }


def comment_body(comment: RevisionComment) -> dict[str, object]:
    """Make a remark."""
    return {
        "id": comment.id,
        "field": comment.field,
        "text": comment.text,
        "author": comment.author,
        "organisation": comment.organisation_id,
        "written_at": instant(comment.written_at),
        "resolved_at": instant(comment.resolved_at),
        "resolved_by": comment.resolved_by,
    }
