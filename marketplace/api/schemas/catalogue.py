"""Procedures, bundles, theme fields, organisations."""

from marshmallow import fields

from marketplace.api.fields import Choice, Text
from marketplace.api.schemas.base import InAnswer, Listed, TableQuery, nullable, word
from marketplace.domain.catalogue import Bundle, Organisation, OrganisationKind, Procedure, ThemeField

_SNAPSHOT = {"description": "The day of the catalogue it is taken from"}
PROCEDURE_FIELDS = ("leika_key", "name", "typisierung", "theme_field", "life_situation", "snapshot_on")
BUNDLE_FIELDS = ("ozg_id", "name", "theme_field", "life_situation", "snapshot_on")
THEME_FIELD_FIELDS = ("id", "name", "lead_states", "ministry", "evidence", "source")
ORGANISATION_FIELDS = ("id", "name", "kind", "state", "region_key", "url", "source")


class ProcedureEntry(InAnswer):
    """A LeiKa procedure."""

    leika_key = fields.String()
    name = fields.String()
    typisierung = nullable("Who regulates and who executes it, as FIM types it")
    theme_field = nullable()
    life_situation = nullable()
    flags = fields.List(fields.Dict(), metadata={"description": "Lists it stands on, each with its source"})
    words = fields.List(
        fields.String(), metadata={"description": "What people call it (FIM: Begriff im Kontext)"}
    )
    snapshot_on = fields.Date(metadata=_SNAPSHOT)


class ProcedureWhole(ProcedureEntry):
    """A procedure with what offers it online."""

    bundles = fields.List(fields.String(), metadata={"description": "OZG ids of the bundles that hold it"})
    services = fields.List(
        fields.String(), metadata={"description": "Ids of the services that put it online"}
    )
    bundle_services = fields.List(
        fields.String(),
        metadata={"description": "Ids of the services that serve one of its bundles without naming it"},
    )
    siblings = fields.List(
        fields.String(), metadata={"description": "LeiKa keys of the other procedures of the same object"}
    )


class ProcedureList(Listed):
    """A page of procedures."""

    items = fields.List(fields.Nested(ProcedureEntry))


class ProcedureQuery(TableQuery):
    """Filters of the list of procedures."""

    theme_field = Text(high=80)
    ozg_id = Text(high=8, metadata={"description": "Procedures in this bundle"})
    q = Text(high=200, metadata={"description": "A part of the name, or the beginning of the key"})


class BundleEntry(InAnswer):
    """An OZG bundle."""

    ozg_id = fields.String()
    name = fields.String()
    theme_field = nullable()
    life_situation = nullable()
    words = fields.List(
        fields.String(), metadata={"description": "What people call it (FIM: Begriff im Kontext)"}
    )
    snapshot_on = fields.Date(metadata=_SNAPSHOT)


class BundleWhole(BundleEntry):
    """A bundle with what it holds."""

    procedures = fields.List(fields.String(), metadata={"description": "LeiKa keys in it"})
    services = fields.List(fields.String(), metadata={"description": "Ids of the services that serve it"})


class BundleList(Listed):
    """A page of bundles."""

    items = fields.List(fields.Nested(BundleEntry))


class BundleQuery(TableQuery):
    """Filters of the list of bundles."""

    theme_field = Text(high=80)
    q = Text(high=200, metadata={"description": "A part of the name, or the beginning of the id"})


class ThemeFieldEntry(InAnswer):
    """A theme field."""

    id = fields.String()
    name = fields.String()
    lead_states = fields.List(fields.String(), metadata={"description": "States in the lead (Federführung)"})
    ministry = nullable("Federal ministry in charge")
    evidence = word(("seen", "remembered"), "Whether a source was seen for it")
    source = nullable()


class ThemeFieldList(Listed):
    """A page of theme fields."""

    items = fields.List(fields.Nested(ThemeFieldEntry))


class OrganisationEntry(InAnswer):
    """An organisation that publishes, supplies, adopts or coordinates."""

    id = fields.String()
    name = fields.String()
    kind = word(OrganisationKind)
    state = nullable("Key of the state it belongs to")
    region_key = nullable("The authority or state that its roles speak for")
    url = nullable()
    source = nullable()


class OrganisationList(Listed):
    """A page of organisations."""

    items = fields.List(fields.Nested(OrganisationEntry))


class OrganisationQuery(TableQuery):
    """Filters of the list of organisations."""

    kind = Choice(OrganisationKind)
    state = Text(high=2)
    q = Text(high=200, metadata={"description": "A part of the name"})


def procedure_body(procedure: Procedure) -> dict[str, object]:
    """Make a procedure."""
    return {
        "leika_key": procedure.leika_key,
        "name": procedure.name,
        "typisierung": procedure.typisierung,
        "theme_field": procedure.theme_field,
        "life_situation": procedure.life_situation,
        "flags": procedure.flags,
        "words": procedure.words,
        "snapshot_on": procedure.snapshot_on,
    }


def bundle_body(bundle: Bundle) -> dict[str, object]:
    """Make a bundle."""
    return {
        "ozg_id": bundle.ozg_id,
        "name": bundle.name,
        "theme_field": bundle.theme_field,
        "life_situation": bundle.life_situation,
        "words": bundle.words,
        "snapshot_on": bundle.snapshot_on,
    }


def theme_field_body(theme_field: ThemeField) -> dict[str, object]:
    """Make a theme field."""
    return {
        "id": theme_field.id,
        "name": theme_field.name,
        "lead_states": theme_field.lead_states,
        "ministry": theme_field.ministry,
        "evidence": theme_field.evidence,
        "source": theme_field.source,
    }


def organisation_body(organisation: Organisation) -> dict[str, object]:
    """Make an organisation."""
    return {
        "id": organisation.id,
        "name": organisation.name,
        "kind": organisation.kind,
        "state": organisation.state,
        "region_key": organisation.region_key,
        "url": organisation.url,
        "source": organisation.source,
    }
