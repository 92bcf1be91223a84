"""The counting rules that are shipped. A published version never changes; a new one gets the next number."""

from marketplace.domain.adoption import Status
from marketplace.domain.rule import Rule, StateCounts

REUSE_RATE = Rule(
    id="reuse-rate",
    version=1,
    title_de="Nachnutzungsquote",
    title_en="Reuse rate",
    text_de=(
        "Anteil der zuständigen Behörden außerhalb der entwickelnden Länder (umsetzendes Land und "
        "mitentwickelnde Länder), in denen der Onlinedienst produktiv ist. Gezählt wird, was die Behörde selbst, "
        "ihre Landeskoordinierung oder ein Register erklärt hat oder was der Anbieter belegt hat, und was eine "
        "Erklärung des Landes oder Kreises bei zentraler Freischaltung für alle bewirkt. Nicht gezählt werden "
        "bloße Angaben des Anbieters und Erklärungen, die seit mehr als 730 Tagen nicht bestätigt wurden und deren "
        "Beleg abgelaufen ist: Sie sind unbestätigt. Ohne Erklärung ist der Stand unbekannt, nicht Nein. "
        "Bestätigt nicht zuständige Behörden gehören nicht zur Grundgesamtheit."
    ),
    text_en=(
        "Share of the eligible authorities outside the developing states (lead state and partner states) in which "
        "the service is live. Counted is what the authority itself, its state's coordination or a register has "
        "stated or what the provider has proven, and what the statement of a state or district brings about for "
        "all where the service is switched on centrally. A provider's word alone and statements that were not "
        "confirmed for more than 730 days and whose proof has run out are not counted: they are unconfirmed. "
        "No record means unknown, not no. Authorities that are confirmed not to be competent are not in the "
        "denominator."
    ),
    developing_states=False,
)
COVERAGE = Rule(
    id="coverage",
    version=1,
    title_de="Flächendeckungsgrad",
    title_en="Coverage",
    text_de=(
        "Anteil aller zuständigen Behörden, die entwickelnden Länder eingeschlossen, in denen der Onlinedienst "
        "produktiv ist. Im Übrigen wird gezählt wie bei der Nachnutzungsquote."
    ),
    text_en=(
        "Share of all eligible authorities, the developing states included, in which the service is live. "
        "Otherwise counted like the reuse rate."
    ),
)
AVAILABILITY = Rule(
    id="availability",
    version=1,
    title_de="Verfügbarkeit",
    title_en="Availability",
    text_de=(
        "Anteil aller zuständigen Behörden, bei denen die Leistung online ist: mit diesem Onlinedienst oder mit "
        "einer Eigenlösung. Die Regel fragt, was Bürgerinnen und Bürger vorfinden, nicht, was nachgenutzt wird. Im "
        "Übrigen wird gezählt wie beim Flächendeckungsgrad."
    ),
    text_en=(
        "Share of all eligible authorities where the procedure is online: by this service or by a solution of "
        "their own. The rule asks what citizens find, not what is reused. Otherwise counted like the coverage."
    ),
    counted=frozenset({Status.LIVE, Status.OWN_SOLUTION}),
)
JOINED_STATES = Rule(
    id="joined-states",
    version=1,
    title_de="Beigetretene Länder",
    title_en="Joined states",
    text_de=(
        "Zahl der Länder, die für alle ihre zuständigen Behörden beigetreten sind: Ihre Erklärung für das Land ist "
        "vereinbart, in Anbindung oder produktiv. Das sagt, wer nachnutzen darf, nicht, wo der Dienst läuft."
    ),
    text_en=(
        "Number of states that have joined for all their eligible authorities: their record for the state is "
        "agreed, connecting or live. It says who may reuse the service, not where it runs."
    ),
    state_counts=StateCounts.JOINED,
)
AREA_WIDE_BY_STATE = Rule(
    id="area-wide-by-state",
    version=1,
    title_de="Flächendeckende Länder",
    title_en="Area-wide by state",
    text_de=(
        "Zahl der Länder, in denen der Onlinedienst bei allen zuständigen Behörden produktiv ist. Auch Angaben des "
        "Anbieters und lange nicht bestätigte Erklärungen zählen. Fehlt eine einzige Behörde, zählt das Land nicht."
    ),
    text_en=(
        "Number of states in which the service is live in every eligible authority. A provider's claims and "
        "records not confirmed for long count too. Where a single authority is missing, the state does not count."
    ),
    state_counts=StateCounts.ALL_LIVE,
)
AT_LEAST_ONE = Rule(
    id="at-least-one",
    version=1,
    title_de="In mindestens einer Behörde verfügbar",
    title_en="In at least one authority",
    text_de=(
        "Zahl der Länder, in denen der Onlinedienst bei mindestens einer zuständigen Behörde produktiv ist: die "
        "frühere Zählweise der OZG-Umsetzung. Sie sagt nichts darüber, wie viele Menschen ihn nutzen können."
    ),
    text_en=(
        "Number of states in which the service is live in at least one eligible authority: how the OZG was counted "
        "in its first years. It says nothing about how many people can use it."
    ),
    state_counts=StateCounts.ONE_LIVE,
)
RULES: tuple[Rule, ...] = (
    REUSE_RATE,
    COVERAGE,
    AVAILABILITY,
    JOINED_STATES,
    AREA_WIDE_BY_STATE,
    AT_LEAST_ONE,
)


def find_rule(name: str) -> Rule | None:
    """Return a rule by ``id`` or ``id@version``; without a version, or with ``latest``, the newest one."""
    rule_id, _, version = name.partition("@")
    found = [rule for rule in RULES if rule.id == rule_id]
    if version and version != "latest":
        found = [rule for rule in found if str(rule.version) == version]
    return max(found, key=lambda rule: rule.version, default=None)
