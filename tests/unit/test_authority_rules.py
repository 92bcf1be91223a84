"""What makes an authority set, and who is a member of it."""

from typing import Any

import pytest

from marketplace.domain.authority import Level, NamedAuthority, SetDefinition, Why, members, why_member
from marketplace.domain.authority_rules import read_definition, unknown_keys
from marketplace.domain.regions import Region, Territory
from marketplace.domain.register import regions_of
from marketplace.errors import InvalidInput
from tests.registers import FIRST, land, register

WHOLE: dict[str, Any] = {
    "name": "Meldebehörden",
    "level": "local_administration",
    "states": {"16": "municipality", "09": None},
    "add": ["16061"],
    "remove": ["160615001001"],
    "reason": "Melderecht",
    "source": "BMG",
    "valid_from": "2024-01-01",
}


OFFICE = NamedAuthority(99, "jobcenter-eichsfeld", "Jobcenter Eichsfeld", "jobcenter", "16061")


def territory() -> Territory:
    return Territory.of(
        FIRST,
        [
            Region(
                number, f.key, f.ags, f.name, f.kind, f.parent_key, f.text_code,
                population=f.population, authority_id=number,
            )
            for number, f in enumerate(regions_of(register(land()), {}), start=1)
        ],
    )  # fmt: skip


def broken(**fields: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        read_definition("meldebehoerden", {**WHOLE, **fields})
    return {error.field: error.rule for error in caught.value.errors}


def test_all_fields_are_read() -> None:
    found = read_definition("meldebehoerden", WHOLE)
    assert found.level is Level.LOCAL_ADMINISTRATION
    assert found.states == {"09": None, "16": Level.MUNICIPALITY}
    assert (found.add, found.remove) == (("16061",), ("160615001001",))
    assert str(found.valid_from) == "2024-01-01"


def test_what_is_left_out_is_empty() -> None:
    assert read_definition("leer", {"name": "Leer"}) == SetDefinition("leer", "Leer", None)


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"name": " "}, "name", "required"),
        ({"name": "x" * 301}, "name", "length"),
        ({"level": "village"}, "level", "choice"),
        ({"states": ["16"]}, "states", "type"),
        ({"states": {"16": "village"}}, "states.16", "choice"),
        ({"add": "16061"}, "add", "type"),
        ({"add": ["16061", "16061"]}, "add.1", "unique"),
        ({"add": ["16 061"]}, "add.0", "format"),
        ({"remove": ["16061"]}, "remove", "contradicts"),
        ({"valid_from": "01.01.2024"}, "valid_from", "format"),
        ({"id": "anders"}, "id", "differs"),
        ({"valid_until": "2025-01-01"}, "valid_until", "unknown"),
    ],
)
def test_a_broken_field_is_named_with_its_rule(fields: dict[str, Any], field: str, rule: str) -> None:
    assert broken(**fields) == {field: rule}


@pytest.mark.parametrize("set_id", ["", "A", "a", "mit leer", "ä" * 3, "x" * 81, "-ab"])
def test_an_id_that_is_no_slug_is_refused(set_id: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_definition(set_id, {"name": "Name"})
    assert caught.value.errors[0].field == "id"


def test_states_and_authorities_that_do_not_exist_are_named() -> None:
    found = unknown_keys(read_definition("meldebehoerden", WHOLE), {"16"}, {"16061"})
    assert [(error.field, error.rule) for error in found] == [
        ("states.09", "unknown"),
        ("remove.0", "unknown"),
    ]


@pytest.mark.parametrize(
    ("level", "keys"),
    [
        (Level.STATE, ["16"]),
        (Level.DISTRICT, ["16061"]),
        (Level.LOCAL_ADMINISTRATION, ["160610003003", "160615001"]),
        (Level.MUNICIPALITY, ["160610003003", "160615001001", "160615001002"]),
        (None, []),
    ],
)
def test_a_level_has_these_members_and_never_an_unincorporated_area(
    level: Level | None, keys: list[str]
) -> None:
    assert list(members(SetDefinition("s", "s", level), territory())) == keys


def test_a_state_can_have_another_level_or_none() -> None:
    other = SetDefinition("s", "s", Level.LOCAL_ADMINISTRATION, {"16": Level.MUNICIPALITY})
    assert "160615001002" in members(other, territory())
    assert members(SetDefinition("s", "s", Level.MUNICIPALITY, {"16": None}), territory()) == {}


def test_a_member_weighs_its_inhabitants_and_is_covered_from_above() -> None:
    found = members(SetDefinition("s", "s", Level.LOCAL_ADMINISTRATION), territory())["160615001"]
    by_key = {region.key: region.authority_id for region in territory()}
    assert (found.population, found.size_class) == (2000, "<5k")
    assert found.covered_by == tuple(by_key[key] for key in ("160615001", "16061", "16", "00"))


def test_named_authorities_are_added_and_anybody_removed() -> None:
    definition = SetDefinition("s", "s", Level.DISTRICT, add=(OFFICE.key, "160615001001"), remove=("16061",))
    found = members(definition, territory(), [OFFICE])
    assert list(found) == ["160615001001", "jobcenter-eichsfeld"]
    assert found["jobcenter-eichsfeld"].state == "16"


def test_a_named_authority_alone_in_its_region_serves_its_inhabitants() -> None:
    definition = SetDefinition("s", "s", Level.DISTRICT, add=(OFFICE.key,), remove=("16061",))
    office = members(definition, territory(), [OFFICE])[OFFICE.key]
    assert (office.population, office.size_class) == (14_000, "10-20k")


@pytest.mark.parametrize(
    "definition",
    [
        SetDefinition("two", "two", None, add=(OFFICE.key, "jobcenter-nord")),
        SetDefinition("beside-the-district", "s", Level.DISTRICT, add=(OFFICE.key,)),
        SetDefinition("beside-the-state", "s", Level.STATE, add=(OFFICE.key,)),
        SetDefinition("beside-a-town", "s", None, add=(OFFICE.key, "160615001001")),
    ],
    ids=lambda definition: definition.id,
)
def test_the_inhabitants_of_a_region_are_never_counted_for_a_named_authority_beside_others(
    definition: SetDefinition,
) -> None:
    north = NamedAuthority(98, "jobcenter-nord", "Jobcenter Nord", "jobcenter", "16061")
    found = members(definition, territory(), [OFFICE, north])
    offices = [found[key] for key in definition.add if key.startswith("jobcenter")]
    assert {(office.population, office.size_class) for office in offices} == {(None, None)}


def test_who_is_added_or_removed_is_the_body_whatever_its_key_is_on_a_day() -> None:
    """Oberdorf was named by its former key; what has that key now is somebody else."""
    by_key = {region.key: region.authority_id or 0 for region in territory()}
    meant = {"160615001002": by_key["160615001001"], "160615009009": by_key["160610003003"]}
    adding = SetDefinition("s", "s", None, add=tuple(meant), meant=meant)
    found = members(adding, territory())
    assert list(found) == ["160610003003", "160615001001"]
    assert {why_member(adding, one) for one in found.values()} == {Why.ADDED}
    removing = SetDefinition("s", "s", Level.MUNICIPALITY, remove=tuple(meant), meant=meant)
    assert list(members(removing, territory())) == ["160615001002"]
