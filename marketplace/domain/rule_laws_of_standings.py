"""The laws of counting rules over every standing that an authority can have: proven case by case, none left out."""

from collections.abc import Iterator

from marketplace.domain.adoption import PATH, Status
from marketplace.domain.counting import CLASSES, COUNTERS, class_of, counters_by_code
from marketplace.domain.rule import Rule
from marketplace.domain.rule_laws import Breach, Law
from marketplace.domain.standing import AGREED_OR_FURTHER, CODES, Standing

REFUSED = frozenset({Status.DECLINED, Status.ENDED, Status.NOT_COMPETENT})
NUMERATOR = "counted"


def is_possible(standing: Standing) -> bool:
    """Tell whether a ledger can give this standing, for what a code can say is more than what can be.

    Nothing known has no properties; only what is live turns stale; a claim is never confirmed by the state, and stands
    only where there is no statement agreed or further; such a statement of its own is either in force or surpassed.
    """
    status = standing.status
    if status is None:
        return standing == Standing()
    if standing.is_stale and status is not Status.LIVE:
        return False
    if standing.is_claim:
        return not standing.is_confirmed and not standing.is_contracted
    if standing.is_inherited:
        return status is not Status.ENDED and (not standing.is_contracted or status in AGREED_OR_FURTHER)
    return standing.is_contracted == (status in AGREED_OR_FURTHER)


POSSIBLE = tuple(
    standing
    for code in range(CODES)
    if (standing := Standing.from_code(code)) is not None and is_possible(standing)
)
_OWN_LIVE = Standing(status=Status.LIVE, is_contracted=True)


def breaches_of_standings(rule: Rule) -> Iterator[Breach]:
    """Find the laws that a rule breaks for one authority, each with the standing that shows it.

    A law can come more than once, with another counter-example each time.
    """
    for standing in POSSIBLE:
        name = class_of(standing, rule)
        yield from _of_counters(rule, standing)
        yield from _of_class(rule, standing, name)
        for further in _further(standing):
            after = class_of(further, rule)
            if name == NUMERATOR and after != NUMERATOR:
                yield Breach(
                    Law.MONOTONE,
                    "inherited" if further.is_inherited and not rule.inherited else "counted",
                    f"an authority that is {words(standing)} is counted; once it is {words(further)} it is "
                    f"{after or 'excluded'}",
                )
    name = class_of(_OWN_LIVE, rule)
    if name != NUMERATOR:
        yield Breach(Law.LIVE, "counted", f"an authority that is {words(_OWN_LIVE)} is {name or 'excluded'}")


def _of_class(rule: Rule, standing: Standing, name: str | None) -> Iterator[Breach]:
    status, said = standing.status, f"an authority that is {words(standing)} is {name or 'excluded'}"
    if status is None and name != "unknown":
        yield Breach(Law.UNKNOWN, "counted", said)
    if status in REFUSED and name in (NUMERATOR, "unconfirmed"):
        yield Breach(Law.REFUSED, "counted", said)
    if (name is None) != (status is Status.NOT_COMPETENT and standing.is_confirmed):
        yield Breach(Law.LEAVES, "counted", said)
    if standing.is_claim and not rule.claims and name == NUMERATOR:
        yield Breach(Law.CLAIMS, "claims", said)
    if standing.is_inherited and not rule.inherited and name == NUMERATOR:
        yield Breach(Law.INHERITED, "inherited", said)


def _of_counters(rule: Rule, standing: Standing) -> Iterator[Breach]:
    """Find broken laws in what one authority adds to the counts of a group."""
    row = dict(zip(COUNTERS, counters_by_code(rule)[standing.code].tolist(), strict=True))
    size = sum(row[name] for name in CLASSES)
    if size + row["excluded"] != 1 or min(row.values()) < 0:
        yield Breach(Law.ONE_CLASS, "counted", f"an authority that is {words(standing)} is in {size} classes")
    if not size >= row["entitled"] >= row["live"] >= row["live_own"] or row["contracted"] > row["entitled"]:
        yield Breach(Law.NESTED, "counted", f"an authority that is {words(standing)} adds {row}")


def _further(standing: Standing) -> Iterator[Standing]:
    """Return how an authority can stand once one more statement, its own or a cover's, brings it further.

    From anywhere that is live; from a place on the path each later one, too. An own statement always wins; a cover's wins
    but over an own refusal and over an own `live`.
    """
    status = standing.status
    own_refusal = not standing.is_claim and not standing.is_inherited and status not in (
        None, Status.ENDED, Status.INTERESTED, Status.AGREED, Status.CONNECTING,
    )  # fmt: skip
    later = PATH[PATH.index(status) + 1 :] if status in PATH else ()
    for reached in dict.fromkeys((*later, Status.LIVE)):
        yield Standing(status=reached, is_contracted=reached in AGREED_OR_FURTHER)
        if not own_refusal:
            yield Standing(status=reached, is_inherited=True, is_contracted=standing.is_contracted)


def words(standing: Standing) -> str:
    """Return a standing in words, for a counter-example."""
    if standing.status is None:
        return "without any record"
    parts = [
        str(standing.status),
        "inherited" if standing.is_inherited else "of its own",
        "by a claim" if standing.is_claim else "by a statement",
    ]
    if standing.is_confirmed:
        parts.append("confirmed by the state or a register")
    if standing.is_stale:
        parts.append("stale")
    return ", ".join(parts)
