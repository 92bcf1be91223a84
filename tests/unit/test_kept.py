"""Answers kept a process for one database."""

from sqlalchemy import create_engine

from marketplace.actions.kept import Kept


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
