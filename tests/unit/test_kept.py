"""Answers kept a process for one database."""

from sqlalchemy import create_engine

from marketplace.actions.kept import Kept, KeptTables


def test_an_answer_is_computed_once_for_each_key_and_database() -> None:
    asked: list[str] = []
    kept: Kept[str] = Kept(8)
    one, other = create_engine("sqlite://"), create_engine("sqlite://")

    def compute() -> str:
        asked.append("asked")
        return f"answer {len(asked)}"

    assert [kept.get(one, "a", compute), kept.get(one, "a", compute)] == ["answer 1", "answer 1"]
    assert kept.get(one, "b", compute) == "answer 2"
    assert kept.get(other, "a", compute) == "answer 3"


def test_the_least_recently_used_answer_goes_first() -> None:
    kept: Kept[str] = Kept(2)
    engine = create_engine("sqlite://")
    for key in ("a", "b", "a", "c"):
        kept.get(engine, key, lambda: "first")
    assert [kept.get(engine, key, lambda: "anew") for key in ("a", "c")] == ["first", "first"]
    assert kept.get(engine, "b", lambda: "anew") == "anew"


def test_a_table_asks_only_for_names_not_met_in_this_state_of_things() -> None:
    asked: list[list[str]] = []
    kept: KeptTables[str, str | None] = KeptTables(3)
    engine = create_engine("sqlite://")

    def compute(missing: list[str]) -> dict[str, str | None]:
        asked.append(missing)
        return {name: None if name == "gone" else name.upper() for name in missing}

    assert kept.get(engine, 1, ["b", "a"], compute) == {"b": "B", "a": "A"}
    assert list(kept.get(engine, 1, ["c", "a"], compute)) == ["c", "a"]
    for _ in range(2):
        assert kept.get(engine, 2, ["a", "gone"], compute) == {"a": "A", "gone": None}
    assert asked == [["b", "a"], ["c"], ["a", "gone"]]
    kept.get(engine, 1, ["a", "d"], compute)
    kept.get(engine, 1, ["b"], compute)
    assert asked[3:] == [["d"], ["b"]], "beyond its limit a table begins anew"
