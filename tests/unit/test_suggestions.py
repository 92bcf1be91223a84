"""What a search box offers while somebody types."""

import string

from hypothesis import given
from hypothesis import strategies as st

from marketplace.search.document import Document
from marketplace.search.german import fold, words
from marketplace.search.keys import terms_of_leika_key
from marketplace.search.suggestions import KINDS, MOST, Passing, Suggestion, Suggestions


def service(entry_id: str, name: str, **more: object) -> Document:
    return Document(collection="services", id=entry_id, version=1, name=name, **more)  # type: ignore[arg-type]  # a test's shorthand


def procedure(object_id: str, name: str, *said: str) -> Document:
    keys = tuple(terms_of_leika_key(f"{object_id}000000"))
    return Document(collection="procedures", id=object_id, version=1, name=name, words=said, keys=keys)


def region(key: str, name: str, detail: str = "", size: int = 0) -> Suggestion:
    return Suggestion("regions", key, name, detail, size=size)


def suggestions_of(documents: list[Document], regions: list[Suggestion]) -> Suggestions:
    passing = Passing()
    assert list(passing.noted(documents)) == documents
    return passing.suggestions(regions)


DOCUMENTS = [
    service("wohngeld-online", "Wohngeld online"),
    service("wohnsitz", "Elektronische Wohnsitzanmeldung (eWA)"),
    service("fuehrerschein", "Digitaler Führerscheinantrag"),
    procedure("99107023", "Wohngeld", "Mietzuschuss", "Zuschuss zur Wohnung"),
    procedure("99102013", "Hundesteuer", "Hund anmelden", "Hundemarke"),
    procedure("99110009", "Hundehaltung", "gefährlicher Hund"),
    procedure("99018027", "Approbation"),
    procedure("99150002", "Approbation"),
]
REGIONS = [
    region("031030000000", "Wolfsburg, Stadt", "Niedersachsen", 129_560),
    region("09161", "Neustadt", "Kreis, Bayern", 20_000),
    region("071385001044", "Neustadt (Wied)", "Neuwied", 6_000),
    region("140000000001", "Neustadt", "Sachsen", 50_000),
    region("140000000002", "Altstadt am Neustädter Tor", "Sachsen", 90_000),
]
SUGGESTIONS = suggestions_of(DOCUMENTS, REGIONS)


def ids(typed: str, limit: int = MOST) -> list[str]:
    return [one.id for one in SUGGESTIONS.find(typed, limit)]


def test_services_come_first_then_procedures_then_regions() -> None:
    assert ids("wo") == ["wohngeld-online", "wohnsitz", "99107023", "031030000000"]


def test_an_umlaut_may_be_typed_in_any_way() -> None:
    assert ids("führer") == ids("fuehrer") == ids("FUHRER") == ["fuehrerschein"]


def test_nothing_is_offered_for_a_single_letter_or_what_nothing_begins_with() -> None:
    assert ids("w") == ids("") == ids(" - ") == ids("xyz") == ids("ohngeld") == []


def test_the_larger_region_comes_first_of_those_whose_names_begin_so() -> None:
    assert ids("neus") == ["140000000001", "09161", "071385001044", "140000000002"]
    assert [one.detail for one in SUGGESTIONS.find("neustadt")][:2] == ["Sachsen", "Kreis, Bayern"]


def test_what_stands_behind_the_comma_of_a_place_is_no_word_of_it() -> None:
    assert ids("stadt") == []


def test_a_whole_word_comes_before_one_that_goes_on() -> None:
    found = SUGGESTIONS.find("hund")
    assert [(one.id, one.detail) for one in found] == [
        ("99102013", "Hund anmelden"),
        ("99110009", "LeiKa 99 110 009"),
    ]


def test_an_everyday_word_says_why_its_procedure_is_offered() -> None:
    (found,) = SUGGESTIONS.find("mietz")
    assert (found.name, found.detail, found.page) == ("Wohngeld", "Mietzuschuss", "99107023000000")


def test_a_service_is_offered_by_its_own_everyday_word() -> None:
    heard = SUGGESTIONS.changed(
        [service("wohnsitz", "Elektronische Wohnsitzanmeldung", words=("Umzug melden",))]
    )
    assert [(one.id, one.name, one.detail) for one in heard.find("umz")] == [
        ("wohnsitz", "Elektronische Wohnsitzanmeldung", "Umzug melden")
    ]
    assert heard.find("wohns")[0].detail == ""


def test_procedures_of_one_name_are_told_apart_by_their_keys() -> None:
    assert [one.detail for one in SUGGESTIONS.find("approb")] == ["LeiKa 99 018 027", "LeiKa 99 150 002"]


def test_a_kind_leaves_its_places_to_the_others() -> None:
    assert ids("wo", 1) == ["wohngeld-online"]
    assert ids("wo", 3) == ["wohngeld-online", "99107023", "031030000000"]


def test_a_change_is_followed_and_the_older_suggestions_stay_as_they_were() -> None:
    renamed = service("wohngeld-online", "Mietzuschuss")
    withdrawn = Document(collection="services", id="wohnsitz", version=2, withdrawn=True)
    changed = SUGGESTIONS.changed([renamed, withdrawn])
    assert [one.id for one in changed.find("wo")] == ["99107023", "031030000000"]
    assert [one.id for one in changed.find("miet")] == ["wohngeld-online", "99107023"]
    assert ids("wo")[:2] == ["wohngeld-online", "wohnsitz"]
    assert SUGGESTIONS.changed([]) is SUGGESTIONS


def test_other_regions_leave_the_entries_as_they_are() -> None:
    changed = SUGGESTIONS.with_regions([region("160000000001", "Wolfshausen")])
    assert [one.id for one in changed.find("wo")] == [
        "wohngeld-online",
        "wohnsitz",
        "99107023",
        "160000000001",
    ]


_names = st.lists(
    st.text(string.ascii_letters + "äöüßÄÖÜéł -,()/0123456789", min_size=1, max_size=20), min_size=1, max_size=12
)  # fmt: skip


@given(_names, _names, st.data())
def test_everything_offered_has_a_word_that_begins_as_typed(
    names: list[str], said: list[str], data: st.DataObject
) -> None:
    entries = [procedure(f"99{number:06d}", name, *said) for number, name in enumerate(names)]
    places = [region(f"{number:012d}", name) for number, name in enumerate(names)]
    suggestions = suggestions_of(entries, places)
    typed = data.draw(st.sampled_from([*names, *said]))[: data.draw(st.integers(1, 20))]
    limit = data.draw(st.integers(1, MOST))
    found = suggestions.find(typed, limit)
    assert len(found) == len({(one.kind, one.id) for one in found}) <= limit
    assert [one.kind for one in found] == sorted((one.kind for one in found), key=KINDS.index)
    begun = " ".join(fold(word.text) for word in words(typed))
    for one in found:
        texts = [one.name, one.detail]
        beginnings = [
            " ".join(fold(other.text) for other in words(text[word.start :]))
            for text in texts
            for word in words(text)
        ]
        assert any(beginning.startswith(begun) for beginning in beginnings), (typed, one)
