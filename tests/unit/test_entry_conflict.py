"""Two wrote in one entry at once: what each changed is told apart, and one entry is made of both."""

from marketplace.web.entry_conflict import contested, merged, seen_of

BEGUN = {"name": "N", "summary": "alt", "offers": [{"id": "a"}], "url": None, "ozg_ids": ["10124"]}


def test_who_changed_a_field_is_told_from_what_stood_when_the_form_was_opened() -> None:
    mine = {**BEGUN, "summary": "meins", "ozg_ids": []}
    theirs = {**BEGUN, "summary": "ihres", "offers": []}
    found = {one.field: (one.mine, one.theirs) for one in contested(mine, theirs, seen_of(BEGUN))}
    assert found == {"summary": (True, True), "ozg_ids": (True, False), "offers": (False, True)}


def test_the_same_change_twice_is_no_contest() -> None:
    both = {**BEGUN, "summary": "neu"}
    assert contested(both, dict(both), seen_of(BEGUN)) == []


def test_without_a_trace_of_the_beginning_both_count_as_changed() -> None:
    mine, theirs = {**BEGUN, "summary": "meins"}, {**BEGUN, "summary": "ihres"}
    for seen in ("", "x", "x " * 5, seen_of(BEGUN) + " x"):
        (one,) = contested(mine, theirs, seen)
        assert (one.field, one.mine, one.theirs) == ("summary", True, True)


def test_one_entry_is_made_of_both() -> None:
    mine, theirs = {**BEGUN, "summary": "meins", "name": "M"}, {**BEGUN, "summary": "ihres", "name": "T"}
    both = merged(mine, theirs, {"name", "no such field"})
    assert (both["summary"], both["name"]) == ("meins", "T")
