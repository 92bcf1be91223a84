"""The ledger and what figures depend on, exported row by row into a SQLite file in memory, to be recounted by SQL.

Instants are texts of one form, so that they compare as they follow; lists stay JSON.
"""

import json
import sqlite3
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.store.tables import Table

EXPORTED = {
    "event": (
        "adoption_event",
        "id service_id authority_id status scope except_ids effective_on recorded_at asserted_by proof proof_until corrects parts",
    ),
    "region": ("region", "id kind"),
    "region_version": (
        "region_version",
        "region_id key text_code population degurba valid_from valid_to recorded_at superseded_at",
    ),
    "register": ("register", "territory_on recorded_at"),
    "succession": (
        "succession", "predecessor_id successor_id effective_on recorded_at superseded_at",
    ),
    "authority": ("authority", "id region_id key kind"),
    "attribute": ("authority_attribute", "authority_id name value recorded_at superseded_at"),
    "set_version": (
        "authority_set_version", "id set_id level states add remove valid_from recorded_at superseded_at",
    ),
    "fact": (
        "service_fact",
        "id service_id lead_state partner_states authority_set_id activation part_of valid_from recorded_at superseded_at",
    ),
    "service": ("service", "id part_of"),
    "service_version": ("service_version", "service_id version status published_at fields"),
    "service_procedure": ("service_procedure", "service_id leika_key"),
    "service_bundle": ("service_bundle", "service_id ozg_id"),
}  # fmt: skip
INDEXES = (
    "event (corrects)",
    "event (service_id)",
    "authority (region_id)",
    "region_version (region_id)",
    "region_version (key)",
)


def export(session: Session) -> sqlite3.Connection:
    """Copy the tables as they lie."""
    exported = sqlite3.connect(":memory:")
    for name, (table_name, listed) in EXPORTED.items():
        columns = listed.split()
        table = Table.metadata.tables[table_name]
        quoted = ", ".join(f'"{column}"' for column in columns)
        exported.execute(f"CREATE TABLE {name} ({quoted})")
        rows = session.execute(select(*(table.c[column] for column in columns)))
        places = ", ".join("?" for _ in columns)
        exported.executemany(
            f"INSERT INTO {name} VALUES ({places})", ([plain(value) for value in row] for row in rows)
        )
    for index in INDEXES:
        exported.execute(
            f"CREATE INDEX {index.replace('(', '').replace(')', '').replace(' ', '_')} ON {index}"
        )
    exported.commit()
    return exported


def plain(value: Any) -> Any:
    """Return a value as SQLite keeps it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | dict):
        return json.dumps(value) if value or isinstance(value, dict) else None
    return value
