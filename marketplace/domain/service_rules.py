"""What makes a catalogue entry: from plain JSON values to a ``Service``, or every broken rule by field.

One place for the API, imports and forms. The shape is that of ``PUT /api/v1/services/{id}``.
"""

import re
from collections.abc import Mapping
from typing import Any

from marketplace.domain.everyday_words import read_words
from marketplace.domain.field_reader import SLUG, FieldReader
from marketplace.domain.lifecycle import EntryStatus, may_become
from marketplace.domain.reading import Activation
from marketplace.domain.service import (
    MATURITY_LEVELS,
    Contact,
    Maturity,
    Offer,
    Origin,
    Route,
    Service,
    ServiceKind,
    Source,
    Stage,
)
from marketplace.errors import FieldError, InvalidInput

STATE_KEY = re.compile(r"0[0-9]|1[0-6]")
OZG_ID = re.compile(r"\d{5}")
SET_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,78}[a-z0-9]")
LEIKA_KEY = re.compile(r"99\d{12}")
STATE_FORM = "a state's key, 00 (federation) to 16"
MAX_NAME, MAX_SUMMARY, MAX_DESCRIPTION, MAX_NOTE, MAX_REASON = 300, 400, 8000, 500, 2000
MAX_OFFERS, MAX_CONTACTS, MAX_SOURCES = 50, 20, 50
FACTS = (
    "name", "summary", "description", "words", "kind", "lead_state", "partner_states", "theme_field", "ozg_ids",
    "leika_keys", "authority_set", "authority_set_reason", "authority_set_assumed", "activation", "part_of",
    "stage", "origin", "publisher", "url", "requires", "maturity", "available_from", "offers", "contacts",
)  # fmt: skip
KEPT_BY_THE_SERVER = ("version", "created_at", "updated_at", "revision", "withdrawal")
FIELDS = frozenset({"id", "status", "sources", *FACTS, *KEPT_BY_THE_SERVER})
RESERVED_IDS = frozenset({"neu"})
"""What stands where an id would stand in the addresses of pages."""
_SOURCE_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ON_THE_WAY = (EntryStatus.DRAFT, EntryStatus.IN_REVIEW)


def read_service(
    service_id: str, fields: Mapping[str, Any], status: EntryStatus = EntryStatus.DRAFT
) -> Service:
    """Return the entry that ``fields`` describe; what they leave out is unknown.

    ``status`` is the entry's where the fields name none. What is kept by the server (``KEPT_BY_THE_SERVER``) may be
    sent back as it was read and changes nothing.

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only(FIELDS)
    _check_id(service_id, fields, reader)
    kind = reader.one_of("kind", ServiceKind, required=True)
    service = Service(
        id=service_id,
        name=reader.text("name", MAX_NAME, required=True) or "",
        summary=reader.text("summary", MAX_SUMMARY) or "",
        description=reader.text("description", MAX_DESCRIPTION, lines=True) or "",
        words=read_words(reader, "words"),
        kind=kind or ServiceKind.ONLINE_SERVICE,
        lead_state=reader.matching("lead_state", STATE_KEY, STATE_FORM),
        partner_states=reader.keys("partner_states", STATE_KEY, STATE_FORM),
        theme_field=reader.slug("theme_field"),
        ozg_ids=reader.keys("ozg_ids", OZG_ID, "an OZG id of 5 digits"),
        leika_keys=reader.keys("leika_keys", LEIKA_KEY, "a LeiKa key: 14 digits, the first two 99"),
        authority_set=reader.matching("authority_set", SET_ID, "the id of an authority set"),
        authority_set_reason=reader.text("authority_set_reason", MAX_REASON, lines=True),
        authority_set_assumed=reader.flag("authority_set_assumed"),
        activation=reader.one_of("activation", Activation) or Activation.EACH,
        part_of=reader.slug("part_of"),
        stage=reader.one_of("stage", Stage),
        origin=reader.one_of("origin", Origin),
        publisher=reader.slug("publisher"),
        url=reader.url("url"),
        requires=reader.keys("requires", SLUG, "the id of an entry"),
        maturity=_maturity(reader),
        available_from=reader.day("available_from"),
        offers=_offers(reader),
        contacts=reader.parts("contacts", MAX_CONTACTS, _contact),
        sources=_sources(reader),
        status=reader.one_of("status", EntryStatus) or status,
    )
    _check_relations(service, reader)
    if errors:
        raise InvalidInput(errors)
    return service


def missing_to_publish(service: Service) -> list[FieldError]:
    """Return what an entry still lacks before the public may see it: summary, description, and a source."""
    missing = [
        FieldError(name, "required", "is needed to publish the entry")
        for name in ("summary", "description")
        if not getattr(service, name)
    ]
    if not any(service.sources.values()):
        missing.append(FieldError("sources", "required", "an entry is published with at least one source"))
    return missing


def check_status(current: EntryStatus | None, wanted: EntryStatus) -> list[FieldError]:
    """Return what is wrong with taking an entry (None: a new one) to a status.

    The steps of the lifecycle that lie before publication are taken at once: who writes an entry directly (an
    operator, an approval) has them behind.
    """
    begun = current or EntryStatus.DRAFT
    reached = {begun}
    waiting = [begun]
    while waiting:
        status = waiting.pop()
        for following in EntryStatus:
            if following not in reached and may_become(status, following):
                reached.add(following)
                if following in _ON_THE_WAY:
                    waiting.append(following)
    if wanted in reached:
        return []
    return [FieldError("status", "transition", f"an entry cannot go from {begun} to {wanted}")]


def _check_id(service_id: str, fields: Mapping[str, Any], reader: FieldReader) -> None:
    if not SLUG.fullmatch(service_id):
        reader.refuse("id", "format", "must be a slug: 2 to 80 of a-z, 0-9 and -")
    elif service_id in RESERVED_IDS:
        reader.refuse("id", "reserved", f"{service_id} is the name of a page")
    elif fields.get("id", service_id) != service_id:
        reader.refuse("id", "immutable", f"is {service_id} and cannot change")


def _check_relations(service: Service, reader: FieldReader) -> None:
    if service.part_of == service.id:
        reader.refuse("part_of", "itself", "an entry is no part of itself")
    if service.id in service.requires:
        reader.refuse("requires", "itself", "an entry does not require itself")
    if service.lead_state is not None and service.lead_state in service.partner_states:
        reader.refuse("partner_states", "contradiction", "the lead state is no partner state")
    if service.authority_set_assumed and reader.fields.get("authority_set") is None:
        reader.refuse(
            "authority_set_assumed", "contradiction", "no authority set is named that could be assumed"
        )


def _maturity(reader: FieldReader) -> Maturity | None:
    value = reader.fields.get("maturity")
    if value is None:
        return None
    if not isinstance(value, Mapping):
        reader.refuse("maturity", "type", "must be an object with model and level")
        return None
    part = FieldReader(value, reader.errors, f"{reader.prefix}maturity.")
    part.only(("model", "level"))
    model, level = value.get("model"), value.get("level")
    if not isinstance(model, str) or model not in MATURITY_LEVELS:
        part.refuse("model", "choice", f"must be one of {', '.join(MATURITY_LEVELS)}")
        return None
    levels = MATURITY_LEVELS[model]
    if type(level) is not int or level not in levels:
        part.refuse("level", "range", f"model {model} has the levels {levels[0]} to {levels[-1]}")
        return None
    return Maturity(model, level)


def _offers(reader: FieldReader) -> tuple[Offer, ...]:
    offers = reader.parts("offers", MAX_OFFERS, _offer)
    ids = [offer.id for offer in offers]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        reader.refuse("offers", "unique", f"the id {twice} stands twice")
    return offers


def _offer(reader: FieldReader) -> Offer | None:
    reader.only(Offer.__dataclass_fields__)
    route = reader.one_of("route", Route, required=True)
    offer_id = reader.slug("id")
    if offer_id is None and not reader.fields.get("id"):
        reader.refuse("id", "required", "is missing")
    offer = Offer(
        id=offer_id or "",
        route=route or Route.DIRECT,
        supplier=reader.slug("supplier"),
        contract_form=reader.text("contract_form", 300),
        contract_term=reader.text("contract_term", 300),
        hosting=reader.text("hosting", 300),
        licence=reader.text("licence", 300),
        price=reader.text("price", MAX_NOTE),
        price_source=reader.text("price_source", MAX_NOTE),
        url=reader.url("url"),
    )
    if offer.price is not None and offer.price_source is None:
        reader.refuse("price_source", "required", "a price stands only with its source")
    return offer if offer_id and route else None


def _contact(reader: FieldReader) -> Contact | None:
    reader.only(Contact.__dataclass_fields__)
    name = reader.text("name", 200, required=True)
    email = reader.matching("email", _EMAIL, "an e-mail address")
    phone = reader.text("phone", 50)
    return Contact(name, email, phone) if name else None


def _sources(reader: FieldReader) -> dict[str, tuple[Source, ...]]:
    value = reader.fields.get("sources")
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        reader.refuse("sources", "type", "must be an object from field names to lists")
        return {}
    part = FieldReader(value, reader.errors, f"{reader.prefix}sources.")
    part.only((*FACTS, "*"))
    read = {name: part.parts(name, MAX_SOURCES, _source) for name in value if name in FACTS or name == "*"}
    return {name: sources for name, sources in read.items() if sources}


def _source(reader: FieldReader) -> Source | None:
    reader.only(Source.__dataclass_fields__)
    url = reader.url("url", required=True)
    source = Source(
        url=url or "",
        title=reader.text("title", 300),
        date=reader.matching("date", _SOURCE_DATE, "a date as YYYY, YYYY-MM or YYYY-MM-DD"),
        note=reader.text("note", MAX_NOTE),
    )
    return source if url else None
