"""first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0001"
down_revision = None


def upgrade() -> None:
    """first tables."""
    op.create_table(
        "authority_set",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_set")),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_event_id", sa.Integer(), nullable=False),
        sa.Column("last_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_folded", sa.String(length=320), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("region_key", sa.String(length=80), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("source", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "kind IN ('provider', 'authority', 'association', 'coordination', 'policy', 'operator')",
            name=op.f("ck_organisation_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "region",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
    )
    op.create_table(
        "register",
        sa.Column("territory_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("territory_on", name=op.f("pk_register")),
    )
    op.create_table(
        "search_change",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("collection", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_search_change")),
    )
    op.create_index("ix_search_change_entry", "search_change", ["collection", "entry_id"], unique=False)
    op.create_table(
        "search_outbox",
        sa.Column("collection", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("collection", "entry_id", name=op.f("pk_search_outbox")),
    )
    op.create_index("ix_search_outbox_due_at", "search_outbox", ["due_at"], unique=False)
    op.create_table(
        "theme_field",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("lead_states", JSON, nullable=False),
        sa.Column("ministry", sa.String(length=200), nullable=True),
        sa.Column("evidence", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=1000), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_field")),
    )
    op.create_table(
        "authority",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.CheckConstraint("(key IS NULL) = (name IS NULL)", name=op.f("ck_authority_own_key_has_name")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_authority_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
    )
    op.create_index("uq_authority_key", "authority", ["key"], unique=True)
    op.create_index(
        "uq_authority_region_own",
        "authority",
        ["region_id"],
        unique=True,
        sqlite_where=sa.text("key IS NULL"),
        postgresql_where=sa.text("key IS NULL"),
    )
    op.create_table(
        "authority_set_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=True),
        sa.Column("states", JSON, nullable=False),
        sa.Column("add", JSON, nullable=False),
        sa.Column("remove", JSON, nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.Column("source", sa.String(length=1000), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "level IN ('state', 'district', 'local_administration', 'municipality')",
            name=op.f("ck_authority_set_version_level"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to > valid_from",
            name=op.f("ck_authority_set_version_valid_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["authority_set.id"], name=op.f("fk_authority_set_version_set_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_set_version")),
    )
    op.create_index(
        op.f("ix_authority_set_version_set_id"), "authority_set_version", ["set_id"], unique=False
    )
    op.create_table(
        "bundle",
        sa.Column("ozg_id", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_folded", sa.String(length=320), nullable=False),
        sa.Column("theme_field_id", sa.String(length=80), nullable=True),
        sa.Column("life_situation", sa.String(length=200), nullable=True),
        sa.Column("snapshot_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_field_id"], ["theme_field.id"], name=op.f("fk_bundle_theme_field_id")
        ),
        sa.PrimaryKeyConstraint("ozg_id", name=op.f("pk_bundle")),
    )
    op.create_index(op.f("ix_bundle_theme_field_id"), "bundle", ["theme_field_id"], unique=False)
    op.create_table(
        "procedure",
        sa.Column("leika_key", sa.String(length=14), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("name_folded", sa.String(length=420), nullable=False),
        sa.Column("typisierung", sa.String(length=20), nullable=True),
        sa.Column("theme_field_id", sa.String(length=80), nullable=True),
        sa.Column("life_situation", sa.String(length=200), nullable=True),
        sa.Column("flags", JSON, nullable=False),
        sa.Column("snapshot_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_field_id"], ["theme_field.id"], name=op.f("fk_procedure_theme_field_id")
        ),
        sa.PrimaryKeyConstraint("leika_key", name=op.f("pk_procedure")),
    )
    op.create_index(op.f("ix_procedure_theme_field_id"), "procedure", ["theme_field_id"], unique=False)
    op.create_table(
        "region_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("ags", sa.String(length=8), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_folded", sa.String(length=120), nullable=False),
        sa.Column("parent_key", sa.String(length=12), nullable=True),
        sa.Column("text_code", sa.String(length=2), nullable=True),
        sa.Column("seat", sa.String(length=100), nullable=True),
        sa.Column("postcode", sa.String(length=5), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("area_ha", sa.Integer(), nullable=True),
        sa.Column("degurba", sa.String(length=2), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_region_version_valid_in_order")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_region_version_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_version")),
    )
    op.create_index("ix_region_version_ags", "region_version", ["ags"], unique=False)
    op.create_index("ix_region_version_key_valid_from", "region_version", ["key", "valid_from"], unique=False)
    op.create_index("ix_region_version_name_folded", "region_version", ["name_folded"], unique=False)
    op.create_index("ix_region_version_postcode", "region_version", ["postcode"], unique=False)
    op.create_index(
        "ix_region_version_region_id_valid_from", "region_version", ["region_id", "valid_from"], unique=False
    )
    op.create_index(
        "uq_region_version_known", "region_version", ["region_id", "valid_from", "recorded_at"], unique=True
    )
    op.create_table(
        "service",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_folded", sa.String(length=320), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("lead_state", sa.String(length=2), nullable=True),
        sa.Column("partner_states", JSON, nullable=False),
        sa.Column("theme_field_id", sa.String(length=80), nullable=True),
        sa.Column("authority_set_id", sa.String(length=80), nullable=True),
        sa.Column("authority_set_reason", sa.String(length=2000), nullable=True),
        sa.Column("authority_set_assumed", sa.Boolean(), nullable=False),
        sa.Column("activation", sa.String(length=10), nullable=False),
        sa.Column("part_of", sa.String(length=80), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=True),
        sa.Column("publisher_id", sa.String(length=80), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("maturity_model", sa.String(length=5), nullable=True),
        sa.Column("maturity_level", sa.Integer(), nullable=True),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.Column("contacts", JSON, nullable=False),
        sa.Column("sources", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("activation IN ('each', 'central')", name=op.f("ck_service_activation")),
        sa.CheckConstraint(
            "kind IN ('online_service', 'platform', 'component')", name=op.f("ck_service_kind")
        ),
        sa.CheckConstraint("origin IN ('federal', 'efa', 'own')", name=op.f("ck_service_origin")),
        sa.CheckConstraint(
            "stage IN ('development', 'pilot', 'regular', 'retired')", name=op.f("ck_service_stage")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'in_review', 'published', 'withdrawn')", name=op.f("ck_service_status")
        ),
        sa.CheckConstraint(
            "(maturity_model IS NULL) = (maturity_level IS NULL)", name=op.f("ck_service_maturity_whole")
        ),
        sa.CheckConstraint("part_of <> id", name=op.f("ck_service_not_part_of_itself")),
        sa.ForeignKeyConstraint(
            ["authority_set_id"], ["authority_set.id"], name=op.f("fk_service_authority_set_id")
        ),
        sa.ForeignKeyConstraint(["part_of"], ["service.id"], name=op.f("fk_service_part_of")),
        sa.ForeignKeyConstraint(["publisher_id"], ["organisation.id"], name=op.f("fk_service_publisher_id")),
        sa.ForeignKeyConstraint(
            ["theme_field_id"], ["theme_field.id"], name=op.f("fk_service_theme_field_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
    )
    op.create_index(op.f("ix_service_part_of"), "service", ["part_of"], unique=False)
    op.create_index(op.f("ix_service_publisher_id"), "service", ["publisher_id"], unique=False)
    op.create_index(op.f("ix_service_status"), "service", ["status"], unique=False)
    op.create_table(
        "succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('merged', 'split')", name=op.f("ck_succession_kind")),
        sa.ForeignKeyConstraint(["predecessor_id"], ["region.id"], name=op.f("fk_succession_predecessor_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["region.id"], name=op.f("fk_succession_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
    )
    op.create_index(op.f("ix_succession_predecessor_id"), "succession", ["predecessor_id"], unique=False)
    op.create_index("ix_succession_successor_id", "succession", ["successor_id"], unique=False)
    op.create_table(
        "token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('publisher', 'authority', 'coordination', 'analyst', 'operator')",
            name=op.f("ck_token_role"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_token_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_token_digest")),
    )
    op.create_table(
        "adoption_event",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service_id", sa.String(length=80), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("authority_key", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("except_keys", JSON, nullable=True),
        sa.Column("except_ids", JSON, nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asserted_by", sa.String(length=20), nullable=False),
        sa.Column("proof", sa.String(length=10), nullable=False),
        sa.Column("proof_url", sa.String(length=500), nullable=True),
        sa.Column("proof_until", sa.Date(), nullable=True),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.Column("ref", sa.String(length=200), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=True),
        sa.Column("on_behalf_of", sa.String(length=80), nullable=True),
        sa.Column("offer_id", sa.String(length=80), nullable=True),
        sa.Column("parts", JSON, nullable=True),
        sa.Column("planned_live_on", sa.Date(), nullable=True),
        sa.Column("maturity_model", sa.String(length=5), nullable=True),
        sa.Column("maturity_level", sa.Integer(), nullable=True),
        sa.Column("connection", sa.String(length=20), nullable=True),
        sa.Column("backfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "asserted_by IN ('provider', 'authority', 'coordination', 'register')",
            name=op.f("ck_adoption_event_asserted_by"),
        ),
        sa.CheckConstraint(
            "connection IN ('pdf', 'xoev', 'specialist_system')", name=op.f("ck_adoption_event_connection")
        ),
        sa.CheckConstraint(
            "proof IN ('none', 'link', 'contract', 'usage')", name=op.f("ck_adoption_event_proof")
        ),
        sa.CheckConstraint("scope IN ('own', 'below')", name=op.f("ck_adoption_event_scope")),
        sa.CheckConstraint(
            "status <> 'declined' OR reason IS NOT NULL", name=op.f("ck_adoption_event_declined_has_reason")
        ),
        sa.CheckConstraint(
            "status <> 'void' OR corrects IS NOT NULL", name=op.f("ck_adoption_event_void_corrects")
        ),
        sa.CheckConstraint(
            "status IN ('interested', 'agreed', 'connecting', 'live', 'ended', 'declined', 'own_solution', 'not_competent', 'void')",
            name=op.f("ck_adoption_event_status"),
        ),
        sa.CheckConstraint("answers < id", name=op.f("ck_adoption_event_answers_earlier")),
        sa.CheckConstraint("corrects < id", name=op.f("ck_adoption_event_corrects_earlier")),
        sa.CheckConstraint(
            "ref IS NULL OR source IS NOT NULL", name=op.f("ck_adoption_event_ref_has_source")
        ),
        sa.ForeignKeyConstraint(["answers"], ["adoption_event.id"], name=op.f("fk_adoption_event_answers")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_adoption_event_authority_id")
        ),
        sa.ForeignKeyConstraint(["corrects"], ["adoption_event.id"], name=op.f("fk_adoption_event_corrects")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_adoption_event_organisation_id")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_adoption_event_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_event")),
    )
    op.create_index("ix_adoption_event_authority_id", "adoption_event", ["authority_id"], unique=False)
    op.create_index(
        "ix_adoption_event_service_id_authority_id",
        "adoption_event",
        ["service_id", "authority_id"],
        unique=False,
    )
    op.create_index("ix_adoption_event_answers", "adoption_event", ["answers"], unique=False)
    op.create_index("uq_adoption_event_corrects", "adoption_event", ["corrects"], unique=True)
    op.create_index(
        "uq_adoption_event_source_ref",
        "adoption_event",
        ["source", "ref"],
        unique=True,
        sqlite_where=sa.text("ref IS NOT NULL"),
        postgresql_where=sa.text("ref IS NOT NULL"),
    )
    op.create_table(
        "authority_attribute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "name IN ('it_provider', 'specialist_system')", name=op.f("ck_authority_attribute_name")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_authority_attribute_authority_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_attribute")),
    )
    op.create_index(
        "uq_authority_attribute_key",
        "authority_attribute",
        ["authority_id", "name", "value", "recorded_at"],
        unique=True,
    )
    op.create_table(
        "bundle_procedure",
        sa.Column("ozg_id", sa.String(length=8), nullable=False),
        sa.Column("leika_key", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["leika_key"], ["procedure.leika_key"], name=op.f("fk_bundle_procedure_leika_key")
        ),
        sa.ForeignKeyConstraint(["ozg_id"], ["bundle.ozg_id"], name=op.f("fk_bundle_procedure_ozg_id")),
        sa.PrimaryKeyConstraint("ozg_id", "leika_key", name=op.f("pk_bundle_procedure")),
    )
    op.create_index(op.f("ix_bundle_procedure_leika_key"), "bundle_procedure", ["leika_key"], unique=False)
    op.create_table(
        "case_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("leika_key", sa.String(length=14), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number >= 0", name=op.f("ck_case_number_number")),
        sa.ForeignKeyConstraint(
            ["leika_key"], ["procedure.leika_key"], name=op.f("fk_case_number_leika_key")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_case_number_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_number")),
    )
    op.create_index(
        "uq_case_number_key",
        "case_number",
        ["leika_key", "region_id", "year", "source", "recorded_at"],
        unique=True,
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=80), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(length=20), nullable=False),
        sa.Column("supplier_id", sa.String(length=80), nullable=True),
        sa.Column("contract_form", sa.String(length=300), nullable=True),
        sa.Column("contract_term", sa.String(length=300), nullable=True),
        sa.Column("hosting", sa.String(length=300), nullable=True),
        sa.Column("licence", sa.String(length=300), nullable=True),
        sa.Column("price", sa.String(length=500), nullable=True),
        sa.Column("price_source", sa.String(length=500), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.CheckConstraint("route IN ('fit_store', 'govdigital', 'direct')", name=op.f("ck_offer_route")),
        sa.CheckConstraint(
            "price IS NULL OR price_source IS NOT NULL", name=op.f("ck_offer_price_has_source")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_offer_service_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisation.id"], name=op.f("fk_offer_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index("uq_offer_service_id_slug", "offer", ["service_id", "slug"], unique=True)
    op.create_table(
        "service_bundle",
        sa.Column("service_id", sa.String(length=80), nullable=False),
        sa.Column("ozg_id", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ozg_id"], ["bundle.ozg_id"], name=op.f("fk_service_bundle_ozg_id")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_bundle_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", "ozg_id", name=op.f("pk_service_bundle")),
    )
    op.create_index(op.f("ix_service_bundle_ozg_id"), "service_bundle", ["ozg_id"], unique=False)
    op.create_table(
        "service_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=80), nullable=False),
        sa.Column("lead_state", sa.String(length=2), nullable=True),
        sa.Column("partner_states", JSON, nullable=False),
        sa.Column("authority_set_id", sa.String(length=80), nullable=True),
        sa.Column("activation", sa.String(length=10), nullable=False),
        sa.Column("part_of", sa.String(length=80), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_set_id"], ["authority_set.id"], name=op.f("fk_service_fact_authority_set_id")
        ),
        sa.ForeignKeyConstraint(["part_of"], ["service.id"], name=op.f("fk_service_fact_part_of")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_fact_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_fact")),
    )
    op.create_index(op.f("ix_service_fact_service_id"), "service_fact", ["service_id"], unique=False)
    op.create_table(
        "service_procedure",
        sa.Column("service_id", sa.String(length=80), nullable=False),
        sa.Column("leika_key", sa.String(length=14), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["leika_key"], ["procedure.leika_key"], name=op.f("fk_service_procedure_leika_key")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_procedure_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", "leika_key", name=op.f("pk_service_procedure")),
    )
    op.create_index(op.f("ix_service_procedure_leika_key"), "service_procedure", ["leika_key"], unique=False)
    op.create_table(
        "service_requirement",
        sa.Column("service_id", sa.String(length=80), nullable=False),
        sa.Column("required_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("service_id <> required_id", name=op.f("ck_service_requirement_not_itself")),
        sa.ForeignKeyConstraint(
            ["required_id"], ["service.id"], name=op.f("fk_service_requirement_required_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_requirement_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", "required_id", name=op.f("pk_service_requirement")),
    )
    op.create_index(
        op.f("ix_service_requirement_required_id"), "service_requirement", ["required_id"], unique=False
    )
    op.create_table(
        "usage_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=80), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("cases_online", sa.Integer(), nullable=False),
        sa.Column("cases_total", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cases_online >= 0 AND (cases_total IS NULL OR cases_total >= cases_online)",
            name=op.f("ck_usage_report_cases"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_usage_report_authority_id")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_usage_report_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_report")),
    )
    op.create_index(
        "uq_usage_report_key",
        "usage_report",
        ["service_id", "authority_id", "month", "source", "recorded_at"],
        unique=True,
    )
    op.create_table(
        "seed_state",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_seed_state")),
    )
    op.execute("INSERT INTO ledger (id, version, last_event_id) VALUES (1, 0, 0)")
    _refuse_changes_of_events()


def _refuse_changes_of_events() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER adoption_event_no_{verb} BEFORE {verb.upper()} ON adoption_event "
                "BEGIN SELECT RAISE(ABORT, 'adoption_event is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION adoption_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'adoption_event is append-only' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER adoption_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON adoption_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION adoption_event_refuse()"
    )
