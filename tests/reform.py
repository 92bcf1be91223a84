"""A reform in the small land: Seedorf and Seeheim become Seestadt; Waldau goes to Bergstadt and Seestadt in parts."""

from dataclasses import replace
from datetime import date

from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.actions.register import import_register
from marketplace.actions.successions import Confirmation, confirm_successions
from marketplace.domain.regions import RegionKind
from marketplace.domain.register import Register, RegisterRecord
from marketplace.exchange import register_seed
from tests import land

REFORM, REGISTER = date(2026, 1, 1), date(2026, 3, 31)
SEESTADT = "091705101109"
SEEDORF_ALONE = "091700101101"
HEADING = "predecessor_key;predecessor_name;successor_key;successor_name;kind;effective_on;area_ha;confidence;reason;source"


def row(
    predecessor: str, successor: str, kind: str = "merged", on: object = REFORM, source: str = "GVBl."
) -> str:
    return f"{predecessor};;{successor};;{kind};{on};;;;{source}"


def file(*rows: str) -> bytes:
    return "\n".join([HEADING, *rows]).encode()


SEESTADT_DECIDED = file(row(land.SEEDORF, SEESTADT), row(land.SEEHEIM, SEESTADT))


def records() -> list[RegisterRecord]:
    """The land after the reform: Bergstadt has 500 hectares of the forest, Seestadt all else that is gone."""
    areas = {land.BERGSTADT: 1500}
    kept = [
        replace(r, area_ha=areas.get(r.key, r.area_ha)) for r in land.RECORDS
        if r.key not in (land.SEEDORF, land.SEEHEIM, land.FOREST, "091709104")
    ]  # fmt: skip
    town = RegisterRecord(RegionKind.MUNICIPALITY, SEESTADT, "Seestadt", "63", None, "80000", 2500, 5_150)
    return [*kept, town]


def say(
    ctx: Context, key: str, status: str, on: str, service_id: str = "hundesteuer", **fields: object
) -> None:
    event = {"service_id": service_id, "authority_key": key, "status": status, "effective_on": on, **fields}
    report = record_events(ctx, land.OPERATOR, [event])
    assert report.written, report


def reform(ctx: Context) -> None:
    """Import the register that shows the reform."""
    content = register_seed.write(Register(REGISTER, tuple(records())), "a test's own")
    import_register(ctx, content.encode(), "a test's own")


def rekey_seedorf(ctx: Context) -> None:
    """Import a register in which Seedorf has left its association, and so has another key."""
    records = [replace(r, key=SEEDORF_ALONE) if r.key == land.SEEDORF else r for r in land.RECORDS]
    stands_for_it = RegisterRecord(RegionKind.ASSOCIATION, SEEDORF_ALONE[:9], "Seedorf", "50")
    content = register_seed.write(Register(REGISTER, (*records, stands_for_it)), "a test's own")
    import_register(ctx, content.encode(), "a test's own")


def confirm(ctx: Context, content: bytes = SEESTADT_DECIDED, *, dry_run: bool = False) -> Confirmation:
    return confirm_successions(ctx, land.OPERATOR, content, dry_run=dry_run)
