"""The seed catalogue holds together: counts, references, sources and plain German texts."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.each import broken

SEED = Path(__file__).resolve().parents[2] / "seed"
STATES = {f"{number:02d}" for number in range(1, 17)}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„])")
SOURCE_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
FIELDS = {
    "id", "name", "summary", "description", "words", "kind", "lead_state", "partner_states", "theme_field", "ozg_ids",
    "leika_keys", "authority_set", "authority_set_reason", "authority_set_assumed", "activation", "part_of",
    "stage", "origin", "publisher", "url", "requires", "maturity", "available_from", "offers", "sources",
}  # fmt: skip
OFFER_FIELDS = {
    "id", "route", "supplier", "contract_form", "contract_term", "hosting", "licence", "price", "price_source",
    "url",
}  # fmt: skip
ADDED_ENTRIES = {
    "civento", "service-bw", "epaybl", "online-service-infrastruktur", "bundid", "mein-unternehmenskonto",
    "fit-connect", "deutsche-verwaltungscloud", "personenstandsurkunden",
}  # fmt: skip

Row = dict[str, Any]


@cache
def read_table(name: str) -> list[Row]:
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@cache
def read_list(name: str) -> list[Row]:
    rows: list[Row] = json.loads((SEED / name).read_text(encoding="utf-8"))
    return rows


@cache
def services() -> dict[str, Row]:
    rows = [json.loads(line) for line in (SEED / "services.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len(rows), "an id stands twice"
    return {row["id"]: row for row in rows}


def ids(rows: list[Row], key: str = "id") -> set[str]:
    return {row[key] for row in rows}


def is_weaker_mention(service: Row) -> bool:
    return any((source["note"] or "").startswith("Nachweis B") for source in service["sources"]["*"])


def all_sources(service: Row) -> list[tuple[str, Row]]:
    return [(field, source) for field, sources in service["sources"].items() for source in sources]


class TestCatalogue:
    def test_it_holds_every_bundle_and_procedure_of_the_snapshot_once(self) -> None:
        assert len(read_table("bundles.csv")) == len(ids(read_table("bundles.csv"), "ozg_id")) == 557
        assert (
            len(read_table("procedures.csv")) == len(ids(read_table("procedures.csv"), "leika_key")) == 4813
        )

    def test_keys_have_their_official_shape(self) -> None:
        assert all(re.fullmatch(r"1\d{4}", row["ozg_id"]) for row in read_table("bundles.csv"))
        assert all(re.fullmatch(r"99\d{12}", row["leika_key"]) for row in read_table("procedures.csv"))

    def test_every_link_of_bundle_and_procedure_exists_on_both_sides(self) -> None:
        links = {(row["ozg_id"], row["leika_key"]) for row in read_table("bundle_procedures.csv")}
        assert len(links) == len(read_table("bundle_procedures.csv")) == 4797
        assert {ozg_id for ozg_id, _ in links} <= ids(read_table("bundles.csv"), "ozg_id")
        assert {leika_key for _, leika_key in links} <= ids(read_table("procedures.csv"), "leika_key")

    def test_only_the_procedures_without_a_bundle_have_no_theme_field(self) -> None:
        linked = ids(read_table("bundle_procedures.csv"), "leika_key")
        without = {row["leika_key"] for row in read_table("procedures.csv") if not row["theme_field"]}
        assert without == ids(read_table("procedures.csv"), "leika_key") - linked
        assert len(without) == 16

    def test_bundles_and_procedures_lie_in_known_theme_fields(self) -> None:
        known = ids(read_list("theme_fields.json"), "slug")
        assert ids(read_table("bundles.csv"), "theme_field") <= known
        assert ids(read_table("procedures.csv"), "theme_field") <= known | {""}

    def test_files_are_plain_utf_8_and_small(self) -> None:
        files = [
            SEED / name
            for name in (
                "bundles.csv", "procedures.csv", "bundle_procedures.csv", "theme_fields.json",
                "organisations.json", "authority_sets.json", "services.jsonl", "SOURCES.md",
            )
        ]  # fmt: skip
        contents = [file.read_bytes() for file in files]
        assert not any(b"\r" in content or content.startswith(b"\xef\xbb\xbf") for content in contents)
        assert sum(map(len, contents)) < 3_000_000


class TestThemeFields:
    def test_there_are_fourteen_with_the_bundles_they_hold(self) -> None:
        counted = Counter(row["theme_field"] for row in read_table("bundles.csv"))
        assert {row["slug"]: row["bundles_2019"] for row in read_list("theme_fields.json")} == dict(counted)
        assert len(counted) == 14

    @pytest.mark.parametrize("field", read_list("theme_fields.json"), ids=lambda field: str(field["slug"]))
    def test_what_was_seen_has_a_source_and_the_rest_says_so(self, field: Row) -> None:
        assert SLUG.fullmatch(field["slug"])
        assert field["lead_states"]
        assert set(field["lead_states"]) <= STATES
        assert bool(field["source"]) == (field["evidence"] == "seen")
        assert (field["ministry"] is None) == (field["ministry_evidence"] is None)


class TestOrganisations:
    def test_kinds_and_states_are_known(self) -> None:
        kinds = {"provider", "authority", "association", "coordination", "policy", "operator"}
        assert ids(read_list("organisations.json"), "kind") == kinds
        assert {row["state"] for row in read_list("organisations.json")} <= STATES | {None}

    def test_ids_are_slugs_and_stand_once(self) -> None:
        found = [row["id"] for row in read_list("organisations.json")]
        assert all(SLUG.fullmatch(organisation) for organisation in found)
        assert len(found) == len(set(found))

    def test_every_state_has_its_coordination(self) -> None:
        rows = [row for row in read_list("organisations.json") if row["kind"] == "coordination"]
        assert {row["state"] for row in rows} == STATES
        assert len(rows) == 16

    def test_a_web_address_has_a_source(self) -> None:
        assert all(row["source"] for row in read_list("organisations.json") if row["url"])


class TestAuthoritySets:
    def test_the_shipped_sets_stand_at_their_levels(self) -> None:
        assert {row["id"]: row["level"] for row in read_list("authority_sets.json")} == {
            "states": "state",
            "districts": "district",
            "local_administrations": "local_administration",
            "municipalities": "municipality",
            "registration_authorities": "local_administration",
            "disability_offices": "state",
            "housing_benefit_offices": "district",
        }

    def test_what_is_executed_otherwise_in_some_states_is_counted_so(self) -> None:
        exceptions = {row["id"]: row["states"] for row in read_list("authority_sets.json") if row["states"]}
        assert exceptions == {
            "registration_authorities": {"08": "municipality"},
            "disability_offices": {"05": "district", "08": "district", "14": "district"},
            "housing_benefit_offices": {"05": "municipality"},
        }

    def test_each_says_why_and_from_where(self) -> None:
        assert all(row["reason"] and row["source"] for row in read_list("authority_sets.json"))


class TestServicesAsAWhole:
    def test_all_evidence_and_the_nine_further_entries_are_there(self) -> None:
        from_evidence = [service for name, service in services().items() if name not in ADDED_ENTRIES]
        weaker = [service for service in from_evidence if is_weaker_mention(service)]
        assert set(services()) >= ADDED_ENTRIES
        assert (len(from_evidence), len(from_evidence) - len(weaker), len(weaker)) == (61, 23, 38)

    def test_twenty_two_weaker_mentions_are_parts_and_sixteen_stand_alone(self) -> None:
        weaker = [service for service in services().values() if is_weaker_mention(service)]
        assert Counter(service["part_of"] is not None for service in weaker) == {True: 22, False: 16}

    def test_known_errors_of_the_compilation_are_corrected(self) -> None:
        assert services()["ewaffe"]["theme_field"] == "engagement-hobby"
        assert services()["sozialplattform-wohnberechtigungsschein"]["ozg_ids"] == ["10083"]

    def test_names_and_texts_are_unique(self) -> None:
        for field in ("name", "summary", "description"):
            counted = Counter(service[field] for service in services().values())
            assert [text for text, count in counted.items() if count > 1] == []

    def test_offer_ids_stand_once(self) -> None:
        found = [offer["id"] for service in services().values() for offer in service["offers"]]
        assert found
        assert len(found) == len(set(found))


def of_each_service(rule: Callable[["TestEachService", Row], None]) -> Callable[["TestEachService"], None]:
    """Make one test of a rule for all services."""

    def every_service_keeps_it(self: "TestEachService") -> None:
        assert broken(lambda service: rule(self, service), services()) == {}

    return every_service_keeps_it


class TestEachService:
    @of_each_service
    def test_it_has_exactly_the_known_fields(self, service: Row) -> None:
        assert set(service) == FIELDS
        assert all(set(offer) == OFFER_FIELDS for offer in service["offers"])

    @of_each_service
    def test_its_id_is_a_slug_and_its_choices_are_known(self, service: Row) -> None:
        assert SLUG.fullmatch(service["id"])
        assert 2 <= len(service["id"]) <= 80
        assert service["kind"] in {"online_service", "platform", "component"}
        assert service["stage"] in {"development", "pilot", "regular", "retired", None}
        assert service["origin"] in {"federal", "efa", "own", None}
        assert service["activation"] in {"each", "central"}
        assert {offer["route"] for offer in service["offers"]} <= {"fit_store", "govdigital", "direct"}

    @of_each_service
    def test_its_states_are_real_and_the_lead_is_no_partner(self, service: Row) -> None:
        assert service["lead_state"] in STATES | {"00", None}
        assert set(service["partner_states"]) <= STATES - {service["lead_state"]}

    @of_each_service
    def test_its_keys_exist_and_each_procedure_lies_in_one_of_its_bundles(self, service: Row) -> None:
        bundle_of = {row["leika_key"]: row["ozg_id"] for row in read_table("bundle_procedures.csv")}
        assert set(service["ozg_ids"]) <= ids(read_table("bundles.csv"), "ozg_id")
        assert {bundle_of.get(key) for key in service["leika_keys"]} <= set(service["ozg_ids"])
        assert len(service["leika_keys"]) == len(set(service["leika_keys"]))

    @of_each_service
    def test_it_refers_to_what_exists(self, service: Row) -> None:
        organisations = ids(read_list("organisations.json")) | {None}
        assert service["theme_field"] in ids(read_list("theme_fields.json"), "slug") | {None}
        assert service["authority_set"] in ids(read_list("authority_sets.json")) | {None}
        assert service["publisher"] in organisations
        assert {offer["supplier"] for offer in service["offers"]} <= organisations
        assert set(service["requires"]) <= set(services()) - {service["id"]}

    @of_each_service
    def test_its_whole_is_no_part_itself_and_covers_it(self, service: Row) -> None:
        if service["part_of"] is not None:
            whole = services()[service["part_of"]]
            assert whole["part_of"] is None
            assert whole["lead_state"] == service["lead_state"]
            # Parts are not counted beside their whole, so the whole has to name all they put online.
            assert set(service["leika_keys"]) <= set(whole["leika_keys"])
            assert set(service["ozg_ids"]) <= set(whole["ozg_ids"])

    @of_each_service
    def test_who_executes_it_is_explained_and_an_assumption_is_marked(self, service: Row) -> None:
        """Also why nobody can be named."""
        reason = service["authority_set_reason"]
        assert reason
        assert service["authority_set_assumed"] is reason.startswith("Annahme: ")
        assert (service["authority_set"] is None) is reason.startswith("Unbekannt: ")

    @of_each_service
    def test_its_texts_are_short_enough_and_plain(self, service: Row) -> None:
        assert len(service["name"]) <= 300
        assert len(service["summary"]) <= 400
        assert len(SENTENCE_END.split(service["summary"])) == 1
        assert 2 <= len(SENTENCE_END.split(service["description"])) <= 6
        assert service["summary"].endswith(".")
        assert service["description"].endswith(".")

    @of_each_service
    def test_every_fact_has_a_source(self, service: Row) -> None:
        assert service["sources"]["*"]
        assert set(service["sources"]) - {"*"} <= {field for field in FIELDS if service[field]}
        # Facts that decide a figure or cost money do not hide behind the page that serves all the others.
        for field in ("authority_set", "available_from", "offers", "requires", "ozg_ids", "leika_keys"):
            assert bool(service[field]) == bool(service["sources"].get(field)), field

    @of_each_service
    def test_its_sources_are_web_addresses_with_title_and_a_date_where_known(self, service: Row) -> None:
        for field, source in all_sources(service):
            assert set(source) == {"url", "title", "date", "note"}, field
            assert source["url"].startswith("https://"), field
            assert " " not in source["url"], field
            assert source["title"], field
            assert source["date"] is None or SOURCE_DATE.fullmatch(source["date"]), field

    @of_each_service
    def test_a_price_says_where_it_stands(self, service: Row) -> None:
        assert all((offer["price"] is None) == (offer["price_source"] is None) for offer in service["offers"])

    @of_each_service
    def test_its_dates_are_real_and_not_in_the_future(self, service: Row) -> None:
        if service["available_from"] is not None:
            assert date(2000, 1, 1) < date.fromisoformat(service["available_from"]) <= date(2026, 11, 30)
