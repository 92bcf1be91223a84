"""Services: the whole entry, and the row of a list."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from marketplace.api.fields import Choice, Day, Several, Text
from marketplace.api.schemas.base import InAnswer, Listed, TableQuery, instant, nullable, word
from marketplace.api.schemas.service_life import (
    RevisionFields,
    WithdrawalFields,
    revision_state,
    withdrawal_body,
)
from marketplace.domain.everyday_words import MAX_WORD, MAX_WORDS, MIN_WORD
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.reading import Activation
from marketplace.domain.revision import Revision, Withdrawal
from marketplace.domain.service import Origin, Route, Service, ServiceKind, Stage
from marketplace.domain.service_json import service_as_dict

SLUG = "^[a-z0-9-]{2,80}$"
STATE = "^(0[0-9]|1[0-6])$"
ADDRESS = "^https?://"
SORTS = ("name", "-name", "updated", "-updated", "id")


def _slug(text: str = "", *, null: bool = True) -> fields.String:
    return fields.String(
        allow_none=null or None,
        validate=validate.Regexp(SLUG),
        metadata={"description": text} if text else {},
    )


def _address() -> fields.String:
    limits = [validate.Regexp(ADDRESS), validate.Length(max=500)]
    return fields.String(allow_none=True, validate=limits, metadata={"format": "uri"})


def _short(limit: int) -> fields.String:
    return fields.String(allow_none=True, validate=validate.Length(max=limit))


class MaturityFields(Schema):
    """A level of one model of maturity; levels of different models are never compared."""

    model = fields.String(required=True, validate=validate.OneOf(["1.1", "2.0"]))
    level = fields.Integer(
        required=True,
        validate=validate.Range(0, 7),
        metadata={"description": "0 to 4 in model 1.1, 0 to 7 in model 2.0"},
    )


class OfferFields(Schema):
    """One way to get the service; ``price`` is for signed-in public bodies and stands only with its source."""

    id = fields.String(required=True, validate=validate.Regexp(SLUG))
    route = fields.String(required=True, validate=validate.OneOf([str(r) for r in Route]))
    supplier = _slug("Organisation that supplies it")
    contract_form = _short(300)
    contract_term = _short(300)
    hosting = _short(300)
    licence = _short(300)
    price = _short(500)
    price_source = _short(500)
    url = _address()


class ContactFields(Schema):
    """Whom to ask; for signed-in public bodies only."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    email = nullable()
    phone = nullable()


class SourceFields(Schema):
    """Where a fact was read."""

    url = fields.String(required=True, validate=[validate.Regexp(ADDRESS), validate.Length(max=500)])
    title = nullable()
    date = nullable("YYYY, YYYY-MM or YYYY-MM-DD")
    note = nullable()


_STATES = fields.List(fields.String(validate=validate.Regexp(STATE)), metadata={"uniqueItems": True})


_WORDS = (
    "What people call it beside its name: it is found by these words. Different even without case and accents;"
    " a word holds no `|`, no `;` and a comma between digits only"
)
_KEPT = "kept by the server: sent back as it was read it changes nothing"


class ServiceFields(Schema):
    """What a publisher writes; ``PUT`` replaces all of it, ``PATCH`` what it names. Null and empty mean unknown."""

    name = fields.String(required=True, validate=validate.Length(1, 300))
    summary = fields.String(required=True, validate=validate.Length(max=400))
    description = fields.String(required=True, validate=validate.Length(max=8000))
    words = fields.List(
        fields.String(validate=validate.Length(MIN_WORD, MAX_WORD)),
        validate=validate.Length(max=MAX_WORDS),
        metadata={"description": _WORDS, "uniqueItems": True},
    )
    kind = fields.String(required=True, validate=validate.OneOf([str(k) for k in ServiceKind]))
    lead_state = fields.String(
        allow_none=True,
        validate=validate.Regexp(STATE),
        metadata={"description": "Key of the state that builds it (umsetzendes Land), 00 the federation"},
    )
    partner_states = _STATES
    theme_field = _slug("Theme field")
    ozg_ids = fields.List(fields.String(), metadata={"description": "OZG bundles it serves"})
    leika_keys = fields.List(fields.String(), metadata={"description": "LeiKa procedures it puts online"})
    authority_set = fields.String(
        allow_none=True, metadata={"description": "Who executes it: the denominator of its figures"}
    )
    authority_set_reason = _short(2000)
    authority_set_assumed = fields.Boolean(metadata={"description": "Whether the reason is an assumption"})
    activation = word(Activation, "Whether each authority must connect, or the state switches it on for all")
    part_of = _slug("The service it is a part of")
    stage = word(Stage, null=True)
    origin = word(Origin, null=True)
    publisher = _slug("Organisation that builds and runs it")
    url = _address()
    requires = fields.List(fields.String(), metadata={"description": "Platforms and components it needs"})
    maturity = fields.Nested(MaturityFields, allow_none=True)
    available_from = fields.Date(allow_none=True)
    offers = fields.List(fields.Nested(OfferFields))
    contacts = fields.List(fields.Nested(ContactFields))
    sources = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(SourceFields)),
        metadata={"description": "By field where it was read; `*` serves all that have none of their own"},
    )
    status = word(
        EntryStatus,
        "Left out it stays as it is; a new entry is a draft; `published` publishes at once, for operators only",
    )
    id = fields.String(validate=validate.Regexp(SLUG), metadata={"description": "Chosen once"})
    version = fields.Integer(metadata={"description": f"Rises with every write; {_KEPT}"})
    created_at = fields.DateTime(allow_none=True, metadata={"description": _KEPT})
    updated_at = fields.DateTime(allow_none=True, metadata={"description": _KEPT})
    withdrawal = fields.Nested(
        WithdrawalFields, allow_none=True, metadata={"description": f"Planned or executed; {_KEPT}"}
    )
    revision = fields.Nested(
        RevisionFields, allow_none=True, metadata={"description": f"Of what is in work only; {_KEPT}"}
    )


class ServiceChanges(ServiceFields):
    """The fields to replace; made with ``partial=True``."""


class ServiceEntry(ServiceFields):
    """An entry as it stands."""

    class Meta:
        """Written into the contract as: further fields are allowed."""

        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say that every field is always there."""
        del field_name
        field_obj.required = True


class ServiceRow(InAnswer):
    """An entry in a list."""

    id = fields.String()
    name = fields.String()
    summary = fields.String()
    words = fields.List(fields.String(), metadata={"description": "What people call it"})
    kind = word(ServiceKind)
    lead_state = nullable()
    partner_states = fields.List(fields.String())
    theme_field = nullable()
    ozg_ids = fields.List(fields.String())
    leika_keys = fields.List(fields.String())
    authority_set = nullable()
    activation = word(Activation)
    part_of = nullable()
    stage = word(Stage, null=True)
    origin = word(Origin, null=True)
    publisher = nullable()
    status = word(EntryStatus)
    version = fields.Integer()
    updated_at = fields.DateTime(allow_none=True)


class ServiceList(Listed):
    """A page of services."""

    items = fields.List(fields.Nested(ServiceRow))


class ServiceReading(Schema):
    """Which of the wordings of an entry is read."""

    revision = Choice(
        ("working",), metadata={"description": "What is in work, for its authors, reviewers and operators"}
    )
    as_of = Day(metadata={"description": "As the public saw it at the end of this day in Germany"})


class ServiceWriting(Schema):
    """Which wording is written: there is but one that can be."""

    revision = Choice(("working",), metadata={"description": "What is in work; the same without it"})


class ServiceQuery(TableQuery):
    """Filters of the list of services."""

    kind = Several(Choice(ServiceKind), metadata={"description": "Each filter may be given several times"})
    lead_state = Several(Text(high=2), metadata={"description": "Key of the lead state, 00 the federation"})
    theme_field = Several(Text(high=80))
    ozg_id = Several(Text(high=8))
    leika_key = Several(Text(high=14))
    publisher = Several(Text(high=80))
    part_of = Several(Text(high=80), metadata={"description": "Parts of this service"})
    status = Several(
        Choice(EntryStatus), metadata={"description": "Others than published are for who may write them"}
    )
    sort = Choice(SORTS, load_default="name")


def service_row(service: Service) -> dict[str, object]:
    """Make the row of a list."""
    return {
        "id": service.id,
        "name": service.name,
        "summary": service.summary,
        "words": service.words,
        "kind": service.kind,
        "lead_state": service.lead_state,
        "partner_states": service.partner_states,
        "theme_field": service.theme_field,
        "ozg_ids": service.ozg_ids,
        "leika_keys": service.leika_keys,
        "authority_set": service.authority_set,
        "activation": service.activation,
        "part_of": service.part_of,
        "stage": service.stage,
        "origin": service.origin,
        "publisher": service.publisher,
        "status": service.status,
        "version": service.version,
        "updated_at": instant(service.updated_at),
    }


def service_body(
    service: Service, withdrawal: Withdrawal | None = None, revision: Revision | None = None
) -> dict[str, object]:
    """Make the whole entry; ``revision``: it is what is in work."""
    return {
        **service_as_dict(service),
        "created_at": instant(service.created_at),
        "updated_at": instant(service.updated_at),
        "withdrawal": None if withdrawal is None else withdrawal_body(withdrawal),
        "revision": None if revision is None else revision_state(revision),
    }
