"""What all versions of a counting rule have in common, and which of them an id alone means.

Whoever names an id without a version reads on by what is published next, so a further version must count the same thing.
Of every id that is its kind, ``state_counts``: with it go units and groupings, and whether its figure can be put beside
the one before. By the shipped ids pages and ready questions say in fixed sentences what is live, of whom, and in which
states; for these sentences to stay true, a further version of a shipped id also keeps ``counted``, ``inherited`` and
``developing_states``. It is free in the rest: ``claims`` and ``stale_after_days`` say how well something must be stated,
not what, and ``area_wide_percent`` is worded by pages from the rule itself. What counts something else takes
another id.
"""

from collections.abc import Iterable, Iterator, Sequence

from marketplace.domain.rule import LATEST, Rule
from marketplace.domain.rule_laws import Breach, Law
from marketplace.domain.shipped_rules import RULES

KIND = "state_counts"
KEPT_OF_SHIPPED = ("counted", "inherited", "developing_states")
_SHIPPED = {rule.id: rule for rule in RULES}


def contradictions(rule: Rule, first: Rule) -> tuple[str, ...]:
    """Return the parameters in which a version counts something else than the first of its id; none: it reads on from it."""
    if rule.state_counts is not first.state_counts:
        return (KIND,)
    if first.id not in _SHIPPED:
        return ()
    return tuple(name for name in KEPT_OF_SHIPPED if getattr(rule, name) != getattr(first, name))


def first_of(versions: Iterable[Rule]) -> Rule:
    """Return what all versions of an id are held against, of at least one: the shipped version, else the lowest number."""
    lowest = min(versions, key=lambda rule: rule.version)
    return _SHIPPED.get(lowest.id, lowest)


def breaches_of_versions(rule: Rule, first: Rule) -> Iterator[Breach]:
    """Find what a further version of an id does not keep, each with what the first version says of it."""
    for name in contradictions(rule, first):
        said, instead = _words(first, name), _words(rule, name)
        yield Breach(
            Law.VERSIONS,
            name,
            f"{first.name} has {name} {said}, this one {instead}; publish it under another id",
        )


def find_among(rules: Iterable[Rule], name: str) -> Rule | None:
    """Return a rule by ``id`` or ``id@version``; without a version, or with ``latest``, the newest one.

    A version that contradicts the first of its id is found by its number only.
    """
    rule_id, _, version = name.partition("@")
    found = [rule for rule in rules if rule.id == rule_id]
    if version and version != LATEST:
        return next((rule for rule in found if str(rule.version) == version), None)
    return _newest(found)


def newest_of(rules: Iterable[Rule]) -> list[Rule]:
    """Return what each id alone means, in the order in which the ids first come."""
    versions: dict[str, list[Rule]] = {}
    for rule in rules:
        versions.setdefault(rule.id, []).append(rule)
    return [newest for several in versions.values() if (newest := _newest(several))]


def _newest(versions: Sequence[Rule]) -> Rule | None:
    if not versions:
        return None
    first = first_of(versions)
    reading_on = (rule for rule in versions if not contradictions(rule, first))
    return max(reading_on, key=lambda rule: rule.version, default=None)


def _words(rule: Rule, name: str) -> str:
    value = getattr(rule, name)
    if name == "counted":
        return ", ".join(sorted(value))
    return "null: it counts authorities" if value is None else str(value).lower()
