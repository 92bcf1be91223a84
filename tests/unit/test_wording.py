"""What happened, in words: every kind, both languages, and names that somebody wrote with bad intent."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.change import ChangeKind, MessageKind
from marketplace.domain.changes import Cause
from marketplace.domain.reform_change import Reform
from marketplace.domain.service_rules import FACTS
from marketplace.notify import catalogues
from marketplace.notify.catalogues import Translator, translator
from marketplace.notify.field_words import field_words, status_words
from marketplace.notify.figure_wording import cause_words
from marketplace.notify.plain import MAX_NAME, MAX_TITLE, plain
from marketplace.notify.wording import Wording, word

HOST = "https://marktplatz.example.org"
SERVICE = {
    "name": "Wohngeld online", "version": 7, "before": 5, "publisher": "dataport", "theme_field": "bauen",
    "ozg_ids": ["10304"], "leika_keys": ["99107023017000"],
}  # fmt: skip
STATEMENTS = [
    {"event": 11, "authority_key": "01001000", "authority_name": "Flensburg", "status": "live", "effective_on": "2026-03-01"},
    {"event": 12, "authority_key": "01002000", "authority_name": "Kiel", "status": "agreed", "effective_on": "2026-04-01"},
]  # fmt: skip
FIGURE = {
    "rule": "reuse-rate", "version": 1, "title_de": "Nachnutzungsquote", "title_en": "Reuse rate",
    "service": "wohngeld-online", "name": "Wohngeld online", "state": "05", "state_name": "Nordrhein-Westfalen",
    "unit": "authorities", "as_of": "2026-06-01", "rate": 0.9996, "numerator": 2499, "denominator": 2500,
    "before": {"as_of": "2026-05-01", "rate": 0.5, "numerator": 1250, "denominator": 2500},
    "causes": [{"cause": "new", "numerator": 1250, "denominator": 0}, {"cause": "reform", "numerator": -1, "denominator": -2}],
}  # fmt: skip
WITHDRAWAL = {
    **SERVICE,
    "on": "2026-12-31",
    "reason": "Abgelöst",
    "successor": "wohngeld-2",
    "successor_name": "Wohngeld 2",
}
CONTENTS: Mapping[MessageKind, Mapping[str, Any]] = {
    MessageKind.SERVICE_PUBLISHED: {
        **SERVICE, "before": None, "entry_kind": "online_service", "summary": "Wohngeld ohne Gang zum Amt.",
    },
    MessageKind.SERVICE_REVISED: {**SERVICE, "fields": ["summary", "offers"], "restricted": ["prices"], "weighty": True},
    MessageKind.OFFER_ADDED: {**SERVICE, "fields": ["offers"], "offers": ["a", "b"], "weighty": True},
    MessageKind.WITHDRAWAL_PLANNED: WITHDRAWAL,
    MessageKind.WITHDRAWAL_CANCELLED: SERVICE,
    MessageKind.SERVICE_WITHDRAWN: WITHDRAWAL,
    MessageKind.ADOPTION_RECORDED: {"name": "Wohngeld online", "events": 2, "statements": STATEMENTS},
    MessageKind.CLAIM_WAITING: {"name": "Wohngeld online", "events": 1, "statements": STATEMENTS[:1]},
    MessageKind.CLAIM_CONFIRMED: {"name": "Wohngeld online", "events": 1, "statements": STATEMENTS[:1]},
    MessageKind.CLAIM_REJECTED: {"name": "Wohngeld online", "events": 1, "statements": STATEMENTS[:1]},
    MessageKind.RECORD_STALE_SOON: {
        "name": "Wohngeld online", "authority_key": "01001000", "authority_name": "Flensburg", "stale_on": "2026-09-01",
    },
    MessageKind.NEED_REPORTED: {"theme_field_name": "Bauen & Wohnen", "region_name": "Kiel", "object_name": "Wohngeld"},
    MessageKind.REGION_REFORMED: {"name": "Neustadt", "what": "renamed", "former_name": "Altstadt", "effective_on": "2026-01-01"},
    MessageKind.RULE_PUBLISHED: {"id": "coverage", "version": 2, "title_de": "Flächendeckungsgrad", "title_en": "Coverage"},
    MessageKind.FIGURE_CROSSED: {**FIGURE, "threshold": 0.75},
    MessageKind.FIGURE_MONTHLY: FIGURE,
    MessageKind.FIGURE_RESTATED: FIGURE,
    MessageKind.SUBSCRIPTION_INVALID: {"title": "Umzug", "what": "theme_field", "value": "bauen"},
    MessageKind.WEBHOOK_OFF: {"name": "hooks.example.org", "why": "failing"},
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    kind: str
    content: Mapping[str, Any] = field(default_factory=dict)
    object_id: str = "wohngeld-online"


def german(kind: MessageKind, **content: Any) -> Wording:
    return word(Told(kind, {**CONTENTS[kind], **content}), translator("de"), HOST)


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_kind_has_a_title_and_a_link_on_our_own_host(kind: MessageKind, language: str) -> None:
    told = word(Told(kind, CONTENTS[kind]), translator(language), HOST + "/")
    assert told.title
    assert told.label
    assert told.lines
    assert told.address.startswith(HOST + "/")
    assert not told.address.startswith(HOST + "//")
    assert "None" not in repr((told.title, told.lines, told.address))


@pytest.mark.parametrize("kind", [*ChangeKind, *MessageKind])
def test_every_kind_is_told_although_its_content_says_nothing(kind: str) -> None:
    told = word(Told(kind), translator("de"), HOST)
    assert told.title
    assert "None" not in repr((told.title, told.lines, told.address))


def test_all_texts_go_through_the_translation_that_is_given() -> None:
    asked = []

    def remember(text: str) -> str:
        asked.append(text)
        return text.upper().replace("%(NAME)S", "%(name)s").replace("%(FIELDS)S", "%(fields)s")

    told = word(
        Told(MessageKind.SERVICE_REVISED, CONTENTS[MessageKind.SERVICE_REVISED]),
        Translator(Locale("en"), remember),
        HOST,
    )
    assert told.title == "WICHTIGE ÄNDERUNG: Wohngeld online"
    assert told.lines == ("GEÄNDERT: KURZBESCHREIBUNG, ANGEBOTE, PREISE",)
    assert told.label == "ÄNDERUNGEN ANSEHEN"
    assert "Preise" in asked


def test_a_translation_may_not_lose_or_invent_what_stands_in_it() -> None:
    with (catalogues.FOLDER / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        english = read_po(file)
    ours = [
        one
        for one in english
        if one.id and any("notify/" in Path(where).as_posix() for where, _ in one.locations)
    ]
    for one in ours:
        assert not one.string or _names(str(one.id)) == _names(str(one.string))


def _names(text: str) -> set[str]:
    return {piece.split(")s")[0] for piece in text.split("%(")[1:]}


def test_a_revision_leads_to_the_comparison_of_its_two_versions() -> None:
    assert (
        german(MessageKind.SERVICE_REVISED).address
        == f"{HOST}/dienste/wohngeld-online/verlauf?version=7&mit=5"
    )


def test_only_weighty_changes_are_called_important() -> None:
    assert german(MessageKind.SERVICE_REVISED, weighty=False).title == "Geändert: Wohngeld online"
    assert german(MessageKind.SERVICE_REVISED, weighty=True).title == "Wichtige Änderung: Wohngeld online"


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("online_service", "Neuer Dienst: Wohngeld online"), ("platform", "Neue Plattform: Wohngeld online"),
        ("component", "Neue Basiskomponente: Wohngeld online"), (None, "Neuer Eintrag: Wohngeld online"),
    ],
)  # fmt: skip
def test_a_new_entry_is_told_by_its_kind_and_with_what_it_does(kind: str | None, title: str) -> None:
    assert german(MessageKind.SERVICE_PUBLISHED, entry_kind=kind).title == title
    assert german(MessageKind.SERVICE_PUBLISHED).lines == ("Wohngeld ohne Gang zum Amt.",)
    assert german(MessageKind.SERVICE_PUBLISHED, summary=None).lines == ("Der Eintrag ist veröffentlicht.",)


def test_of_many_changed_fields_their_number_is_told() -> None:
    told = german(MessageKind.SERVICE_REVISED, fields=list(FACTS), restricted=[])
    assert told.lines == (f"Geändert sind {len(FACTS)} Angaben.",)


def test_one_new_offer_is_one_and_two_are_two() -> None:
    assert german(MessageKind.OFFER_ADDED, offers=["a"]).lines[0] == "Ein neues Angebot ist dazugekommen."
    assert german(MessageKind.OFFER_ADDED).lines[0] == "2 neue Angebote sind dazugekommen."


def test_a_withdrawal_is_told_with_its_day_its_reason_and_its_successor() -> None:
    told = german(MessageKind.SERVICE_WITHDRAWN)
    assert told.lines == (
        "Der Eintrag ist seit dem 31.12.2026 zurückgezogen.", "Grund: Abgelöst", "Nachfolger: Wohngeld 2",
    )  # fmt: skip
    assert told.address == f"{HOST}/dienste/wohngeld-2"


def test_days_are_written_as_each_language_writes_them() -> None:
    told = Told(MessageKind.WITHDRAWAL_PLANNED, CONTENTS[MessageKind.WITHDRAWAL_PLANNED])
    assert any("31.12.2026" in line for line in word(told, translator("de"), HOST).lines)
    assert any("31 Dec 2026" in line for line in word(told, translator("en"), HOST).lines)


def test_statements_are_listed_and_the_rest_is_counted() -> None:
    many = [{**STATEMENTS[0], "event": number} for number in range(40)]
    told = german(MessageKind.ADOPTION_RECORDED, statements=many, events=1000)
    assert told.lines[0] == "Flensburg: produktiv seit 01.03.2026"
    assert told.lines[-1] == "und 990 weitere"
    assert len(told.lines) == 11


def test_adoptions_without_their_statements_are_counted() -> None:
    told = word(Told(ChangeKind.ADOPTION_RECORDED, {"name": "Wohngeld", "events": 3}), translator("de"), HOST)
    assert told.lines == ("3 neue Meldungen von Behörden oder Anbietern",)


def test_a_waiting_claim_leads_to_the_desk_of_its_authority() -> None:
    told = german(MessageKind.CLAIM_WAITING)
    assert told.address == f"{HOST}/behoerde?authority=01001000#angaben"
    assert told.lines == ("Der Anbieter hat angegeben:", "Flensburg: produktiv seit 01.03.2026")
    several = german(MessageKind.CLAIM_WAITING, statements=STATEMENTS)
    assert several.address == f"{HOST}/behoerde#angaben"


@pytest.mark.parametrize("what", Reform)
def test_every_reform_is_told(what: Reform) -> None:
    told = german(MessageKind.REGION_REFORMED, what=str(what), former_key="01", former_name="Altstadt")
    assert len(told.lines) == 2
    assert told.lines[-1] == "Stand: 01.01.2026"


def test_a_region_that_went_into_others_names_them() -> None:
    into = [{"key": "05", "name": "Neustadt"}, {"key": "06", "name": "Neudorf"}]
    told = german(MessageKind.REGION_REFORMED, what="succeeded", successors=into)
    assert told.lines == ("Sie geht auf in: Neustadt, Neudorf", "Stand: 01.01.2026")


def test_a_rule_is_called_by_its_title_in_the_language() -> None:
    told = Told(MessageKind.RULE_PUBLISHED, CONTENTS[MessageKind.RULE_PUBLISHED], "coverage")
    assert word(told, translator("de"), HOST).title.endswith("Flächendeckungsgrad")
    assert word(told, translator("en"), HOST).title.endswith("Coverage")
    assert word(told, translator("de"), HOST).address == f"{HOST}/zaehlregeln#coverage-2"


def test_a_rate_is_never_rounded_up_to_all_and_stands_with_numerator_and_denominator() -> None:
    told = german(MessageKind.FIGURE_CROSSED)
    assert (
        told.title == "Quote jetzt mindestens 75,0 %: Nachnutzungsquote, Wohngeld online, Nordrhein-Westfalen"
    )
    assert told.lines == (
        "Am 01.06.2026: 99,9 % (2.499 von 2.500).",
        "Davor, am 01.05.2026: 50,0 % (1.250 von 2.500).",
        "neu hinzugekommen: +1.250 im Zähler",
        "Gebietsänderung: −1 im Zähler, −2 im Nenner",
    )


def test_a_figure_leads_to_the_page_that_shows_it_pinned() -> None:
    pinned = {"rule": "reuse-rate@1", "known_at": "2026-06-02T08:00:00+00:00"}
    query = "?rule=reuse-rate%401&as_of=2026-06-01&known_at=2026-06-02T08%3A00%3A00%2B00%3A00"
    told = german(MessageKind.FIGURE_MONTHLY, **pinned)
    assert told.address == f"{HOST}/dienste/wohngeld-online{query}"
    assert german(MessageKind.FIGURE_MONTHLY, **pinned, service=None).address == f"{HOST}/quoten{query}"


def test_a_rate_below_its_threshold_says_so() -> None:
    assert german(MessageKind.FIGURE_CROSSED, rate=0.2).title.startswith("Quote jetzt unter 75,0 %")


def test_an_undefined_rate_is_no_number() -> None:
    nothing = {"rate": None, "numerator": 0, "denominator": 0, "unconfirmed": 0, "unknown": 0}
    told = german(MessageKind.FIGURE_MONTHLY, **nothing)
    assert told.lines[0] == "Am 01.06.2026: keine Quote, weil nichts zu zählen ist."
    assert not [line for line in told.lines if "unbekannt" in line]


def test_a_figure_keeps_the_unknown_apart_and_names_its_rule_and_what_was_known() -> None:
    more = {
        "rule": "reuse-rate@1",
        "known_at": "2026-06-01T22:30:00+00:00",
        "unconfirmed": 1,
        "unknown": 1200,
    }
    told = german(MessageKind.FIGURE_MONTHLY, **more)
    assert told.lines[1] == "Davon unbestätigt: 1, unbekannt: 1.200."
    assert told.lines[-1] == "Gezählt nach reuse-rate@1, Wissensstand 02.06.2026."


@pytest.mark.parametrize("name", [*FACTS, "sources", "contacts", "prices"])
def test_every_field_of_an_entry_has_a_name(name: str) -> None:
    assert field_words(name, translator("de")) != name


def test_every_cause_and_every_status_has_words() -> None:
    assert all(cause_words(one, translator("de")) != one for one in Cause)
    assert status_words("own_solution", translator("de")) == "Eigenlösung"
    assert status_words("unheard_of", translator("de")) == "unheard_of"


@pytest.mark.parametrize("kind", MessageKind)
def test_html_in_a_name_stays_text_and_a_line_break_is_a_blank(kind: MessageKind) -> None:
    bad = "<b>Wohngeld</b>\r\nBcc: opfer@example.org\x00\u2028\u202e%(name)s"
    told = word(Told(kind, _with_names(CONTENTS[kind], bad), "a/../b?c#d\r\n"), translator("de"), HOST)
    for text in (told.title, *told.lines):
        assert text == plain(text, 10_000)
    assert "<b>Wohngeld</b> Bcc: opfer@example.org %(name)s" in " ".join((told.title, *told.lines))
    assert "\n" not in told.address
    assert "/../" not in told.address


@pytest.mark.parametrize("kind", MessageKind)
def test_an_overlong_name_is_cut(kind: MessageKind) -> None:
    told = word(Told(kind, _with_names(CONTENTS[kind], "ä" * 5000)), translator("de"), HOST)
    assert len(told.title) <= MAX_TITLE
    assert all(len(line) <= 500 for line in told.lines)
    assert "…" in told.title + " ".join(told.lines)


def _with_names(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    names = (
        "name",
        "title_de",
        "theme_field_name",
        "object_name",
        "authority_name",
        "reason",
        "successor_name",
        "title",
        "value",
    )
    return {
        key: [_with_names(one, name) if isinstance(one, dict) else one for one in value]
        if isinstance(value, list)
        else name
        if key in names
        else value
        for key, value in content.items()
    }


@given(st.text(max_size=400))
def test_plain_text_is_one_line_without_steering_characters(text: str) -> None:
    found = plain(text)
    assert len(found) <= MAX_NAME
    assert plain(found) == found
    assert not any(unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Zl", "Zp") for mark in found)


def test_who_speaks_neither_language_is_told_in_german() -> None:
    assert translator("fr").language == "de"
    assert translator("en").language == "en"
    assert translator("en") is translator("en")


def test_what_was_taken_back_is_told_by_its_day_and_not_since() -> None:
    back = {**STATEMENTS[0], "status": "void"}
    told = Told(MessageKind.ADOPTION_RECORDED, {"name": "Wohngeld online", "events": 1, "statements": [back]})
    assert word(told, translator("de"), HOST).lines == ("Flensburg: Angabe zum 01.03.2026 zurückgenommen",)


def test_a_rejected_claim_says_what_was_claimed() -> None:
    told = Told(MessageKind.CLAIM_REJECTED, CONTENTS[MessageKind.CLAIM_REJECTED])
    said = word(told, translator("de"), HOST)
    assert said.lines == (
        "Die Behörde hat abgelehnt, was angegeben war. Es zählt nicht mehr:",
        "Flensburg: produktiv seit 01.03.2026",
    )
