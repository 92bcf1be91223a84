"""The guard of the ledger: triggers by which the database itself refuses to update or delete an event.

The one exception to append-only, removing the demo, lifts and restores it inside one transaction.
"""

from sqlalchemy import Connection

_TABLE = "adoption_event"
_MESSAGE = "adoption_event is append-only"

_INSTALL = {
    "sqlite": [
        f"CREATE TRIGGER {_TABLE}_no_{verb} BEFORE {verb.upper()} ON {_TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        (
            f"CREATE OR REPLACE FUNCTION {_TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$"
        ),
        (
            f"CREATE TRIGGER {_TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {_TABLE} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_TABLE}_refuse()"
        ),
    ],
}
_LIFT = {
    "sqlite": [f"DROP TRIGGER {_TABLE}_no_{verb}" for verb in ("update", "delete")],
    "postgresql": [f"DROP TRIGGER {_TABLE}_append_only ON {_TABLE}"],
}


def install(connection: Connection) -> None:
    """Make the database refuse to change events."""
    for statement in _INSTALL[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def lift(connection: Connection) -> None:
    """Let this transaction delete events; ``install`` before it commits."""
    for statement in _LIFT[connection.dialect.name]:
        connection.exec_driver_sql(statement)
