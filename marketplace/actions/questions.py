"""A question about figures: its parameters checked, its rule found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from marketplace.actions.context import Context
from marketplace.actions.counting_rules import find_rule, find_rules
from marketplace.actions.reading import read_known_at
from marketplace.domain.rule import GROUPINGS, Rule, Unit
from marketplace.domain.rule_versions import contradictions, first_of
from marketplace.errors import InvalidInput

DEFAULT_RULE = "reuse-rate"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked, checked: None means today, and now."""

    rule: Rule
    by: str
    unit: Unit
    as_of: date
    known_at: datetime | None

    @classmethod
    def read(
        cls,
        ctx: Context,
        *,
        by: str,
        rule: str,
        unit: str | None,
        as_of: date | None,
        known_at: str | datetime | None,
    ) -> "Question":
        """Check the parameters of a question.

        Raises:
            InvalidInput: naming the parameter and what it may be.
        """
        checked = cls.of(ctx, by=by, rule=rule, unit=unit, as_of=as_of, known_at=None)
        return replace(checked, known_at=read_known_at(ctx, known_at))

    @classmethod
    def of(
        cls,
        ctx: Context,
        *,
        by: str,
        rule: str,
        unit: str | None,
        as_of: date | None,
        known_at: datetime | None,
        seen: int | None = None,
    ) -> "Question":
        """Check the parameters of a question whose ``known_at`` was read; ``seen`` as in ``counting_rules.list_rules``.

        Raises:
            InvalidInput: naming the parameter and what it may be.
        """
        if by not in GROUPINGS:
            raise InvalidInput.one("by", "choice", f"must be one of {', '.join(GROUPINGS)}")
        found = _required(rule, find_rule(ctx, rule, seen))
        if by not in found.groupings:
            raise InvalidInput.one(
                "by", "choice", f"{found.id} can be grouped by {', '.join(found.groupings)}"
            )
        counted = unit or found.units[0]
        if counted not in found.units:
            raise InvalidInput.one("unit", "choice", f"{found.id} counts {', '.join(found.units)}")
        return cls(found, by, Unit(counted), as_of or ctx.today(), known_at)

    @classmethod
    def by_rules(
        cls,
        ctx: Context,
        rules: Sequence[str],
        *,
        as_of: date,
        known_at: datetime | None,
        seen: int | None = None,
    ) -> tuple["Question", ...]:
        """Return the same question by several rules, by state and in the unit that each rule counts first.

        Raises:
            InvalidInput: naming the rule that there is not.
        """
        found = [
            _required(name, rule) for name, rule in zip(rules, find_rules(ctx, rules, seen), strict=True)
        ]
        return tuple(cls(rule, "state", rule.units[0], as_of, known_at) for rule in found)

    @classmethod
    def by_fixed_rules(
        cls,
        ctx: Context,
        ids: Sequence[str],
        named: Sequence[str],
        *,
        as_of: date,
        known_at: datetime | None,
        seen: int | None = None,
    ) -> tuple["Question", ...]:
        """Return the same question by shipped rules, in the versions that are ``named``, otherwise in the newest ones.

        Raises:
            InvalidInput: naming a rule that plays no part, that there is not, or a version of it that counts something else.
        """
        versions = {name.partition("@")[0]: name for name in named}
        if strange := sorted(versions.keys() - set(ids)):
            raise InvalidInput.one("rule", "choice", f"{strange[0]} plays no part here: {', '.join(ids)} do")
        names = [versions.get(one, one) for one in ids]
        asked = cls.by_rules(ctx, names, as_of=as_of, known_at=known_at, seen=seen)
        for question in asked:
            rule = question.rule
            first = first_of([rule])
            if broken := contradictions(rule, first):
                message = f"{rule.name} counts something else than {first.name}, by {', '.join(broken)}: name another version"
                raise InvalidInput.one("rule", "choice", message)
        return asked


def _required(name: str, rule: Rule | None) -> Rule:
    if rule is None:
        raise InvalidInput.one("rule", "choice", f"there is no counting rule {name!r}")
    return rule
