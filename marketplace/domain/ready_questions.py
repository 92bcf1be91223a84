"""The questions that the marketplace answers ready-made: what each asks, by which rules, with which parameters."""

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.domain.rule import Rule

AREA_WIDE = "area-wide-by-state"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyQuestion:
    """A question with a ready answer.

    ``rules`` are ids of the counting rules that the answer stands on; ``any_rule``: the one rule may be another.
    ``counted_de`` and ``counted_en`` say what numerator and denominator of the whole answer are; ``parameters`` are
    those beside rule and the two times, ``required`` the one without which there is no answer.
    """

    id: str
    title_de: str
    title_en: str
    text_de: str
    text_en: str
    counted_de: str
    counted_en: str
    rules: tuple[str, ...]
    unit: str
    parameters: tuple[str, ...] = ()
    required: str | None = None
    any_rule: bool = False


SIZE_CLASSES = ReadyQuestion(
    id="size-classes",
    title_de="Wie hängt die Nachnutzung von der Größe der Gemeinde ab?",
    title_en="How does reuse depend on the size of the municipality?",
    text_de="Die Quote nach Größenklassen der Einwohnerzahl: alle Dienste zusammen, nach Themenfeld oder je Dienst. Gezählt "
    "werden Paare aus Behörde und Dienst; Dienste ohne Quote bleiben außer Betracht.",
    text_en="The rate by size class of population: all services together, by theme field or by service. Pairs of authority "
    "and service are counted; services without a rate are disregarded.",
    counted_de="gezählte Paare von allen Paaren aus zuständiger Behörde und Dienst",
    counted_en="counted pairs of all pairs of competent authority and service",
    rules=("reuse-rate",),
    unit="authorities",
    parameters=("rows", "unit", "theme_field", "lead_state"),
    any_rule=True,
)
JOINED_STATES = ReadyQuestion(
    id="joined-states",
    title_de="Welche Länder sind einem Dienst beigetreten, von wann bis wann?",
    title_en="Which states joined a service, from when until when?",
    text_de="Beigetreten ist ein Land in der Zeit, in der seine Erklärung für alle Behörden auf vereinbart, in Anbindung oder "
    "produktiv lautet. „Bis“ ist der erste Tag, an dem das nicht mehr galt. Daneben steht, wie viele Behörden produktiv sind: "
    "Beigetreten ist nicht angebunden. Für die Spanne ist ein Land nur offen, solange dort keine Behörde berechtigt oder "
    "produktiv ist; dass es selbst nichts erklärt hat, genügt nicht.",
    text_en="A state has joined for as long as its statement for all its authorities says agreed, connecting or live. “Until” "
    "is the first day on which that no longer held. Beside it stands how many authorities are live: joined is not connected. For "
    "the interval a state is open only as long as no authority there is entitled or live; that it said nothing itself is not "
    "enough.",
    counted_de="beigetretene von allen Ländern mit zuständigen Behörden",
    counted_en="joined states of all states with competent authorities",
    rules=("joined-states", "coverage"),
    unit="states",
    parameters=("service",),
    required="service",
)
REUSING_STATES = ReadyQuestion(
    id="reusing-states",
    title_de="Wie viele Länder nutzen mindestens so viele Dienste nach?",
    title_en="How many states reuse at least so many services?",
    text_de="Je Land: wie viele der ausgewählten Dienste es nach der Regel nachnutzt. Dienste, die das Land selbst entwickelt "
    "hat, sind keine Nachnutzung und stehen daneben, ebenso Dienste, deren umsetzendes Land unbekannt ist.",
    text_en="For each state: how many of the chosen services it reuses by the rule. Services that the state has developed "
    "itself are no reuse and stand beside, and so do services whose lead state is unknown.",
    counted_de="Länder, die die Schwelle erreichen, von allen Ländern mit zuständigen Behörden",
    counted_en="states that reach the threshold of all states with competent authorities",
    rules=("at-least-one",),
    unit="states",
    parameters=("at_least", "theme_field", "lead_state"),
    any_rule=True,
)
ONLINE_IN_STATE = ReadyQuestion(
    id="online-in-state",
    title_de="Was ist in meinem Land online, und warum sagt das Dashboard des Bundes etwas anderes?",
    title_en="What is online in my state, and why does the federal dashboard say something else?",
    text_de="Online in mindestens einer Behörde des Landes: Dienste des Bundes, nachgenutzte und eigene, nach Reifegrad; daneben, "
    "was die Zeilen des Dashboards für dieses Land sagen.",
    text_en="Online in at least one authority of the state: federal services, reused and own ones, by maturity; beside it what "
    "the rows of the dashboard say for this state.",
    counted_de="Dienste, die online sind, von allen mit zuständigen Behörden im Land",
    counted_en="services online of all with competent authorities in the state",
    rules=("at-least-one", AREA_WIDE, "coverage"),
    unit="services",
    parameters=("state",),
    required="state",
)
PAID_SERVICES = ReadyQuestion(
    id="paid-services",
    title_de="Welche Dienste bezahlt mein Land, obwohl kaum eine Behörde angebunden ist?",
    title_en="Which services does my state pay for although hardly an authority is connected?",
    text_de="Dienste, denen das Land für alle seine Behörden beigetreten ist und bei denen der Anteil der produktiven Behörden "
    "unter der Schwelle liegt. Beleg und Laufzeit sind die der Erklärung des Landes.",
    text_en="Services that the state has joined for all its authorities and for which the share of live authorities is below the "
    "threshold. Proof and term are those of the state's statement.",
    counted_de="Dienste unter der Schwelle von allen Diensten, denen das Land beigetreten ist",
    counted_en="services below the threshold of all services that the state has joined",
    rules=("joined-states", "coverage"),
    unit="services",
    parameters=("state", "below", "theme_field", "lead_state"),
    required="state",
)
NEARLY_AREA_WIDE = ReadyQuestion(
    id="nearly-area-wide",
    title_de="Welchen Diensten fehlt nur noch eine Behörde zur Fläche?",
    title_en="Which services are one authority away from area-wide?",
    text_de="Je Land die Dienste, bei denen bis zur Fläche nur noch so wenige Behörden fehlen, und wer noch nicht produktiv ist. "
    "Gezeigt werden Länder, in denen schon mindestens eine Behörde produktiv ist.",
    text_en="For each state the services that only so few authorities are missing from to be area-wide, and who is not live yet. "
    "Shown are states in which at least one authority is live already.",
    counted_de="Paare aus Land und Dienst, denen nur noch wenige Behörden fehlen, von allen nicht flächendeckenden",
    counted_en="pairs of state and service that lack only few authorities of all that are not area-wide",
    rules=(AREA_WIDE,),
    unit="states",
    parameters=("missing", "state", "theme_field", "lead_state"),
)
PLANNED_GO_LIVES = ReadyQuestion(
    id="planned-go-lives",
    title_de="Wann wollen Behörden produktiv gehen?",
    title_en="When do authorities plan to go live?",
    text_de="Geplante Produktivnahmen nach Quartal: der zuletzt genannte Tag je Behörde und Dienst, solange sie nicht produktiv ist "
    "und den Dienst nicht ablehnt. Ohne eigenen Plan gilt der nächste, der für alle Behörden eines Gebiets genannt ist.",
    text_en="Planned go-lives by quarter: the day last named for each authority and service, as long as it is not live and does "
    "not decline the service. Without a plan of its own the nearest one holds that was named for all authorities of an area.",
    counted_de="Paare aus Behörde und Dienst mit Plan von allen, die nicht produktiv sind",
    counted_en="pairs of authority and service with a plan of all that are not live",
    rules=("coverage",),
    unit="authorities",
    parameters=("state", "theme_field", "lead_state"),
)
ONE_OR_ALL = ReadyQuestion(
    id="one-or-all",
    title_de="In mindestens einer Behörde oder in der Fläche?",
    title_en="In at least one authority, or area-wide?",
    text_de="Je Dienst beide Zählweisen nebeneinander: Länder, in denen mindestens eine Behörde produktiv ist, und Länder, in denen "
    "es für die Fläche genug sind.",
    text_en="For each service both ways of counting side by side: states in which at least one authority is live, and states in "
    "which enough are to be area-wide.",
    counted_de="Paare aus Land und Dienst in der Fläche von allen Paaren mit zuständigen Behörden",
    counted_en="area-wide pairs of state and service of all pairs with competent authorities",
    rules=("at-least-one", AREA_WIDE),
    unit="states",
    parameters=("theme_field", "lead_state"),
)
READY_QUESTIONS = (
    SIZE_CLASSES, JOINED_STATES, REUSING_STATES, ONLINE_IN_STATE, PAID_SERVICES, NEARLY_AREA_WIDE, PLANNED_GO_LIVES, ONE_OR_ALL,
)  # fmt: skip


def find_ready_question(
    question_id: str, among: Iterable[ReadyQuestion] = READY_QUESTIONS
) -> ReadyQuestion | None:
    """Return a question by its id."""
    return next((one for one in among if one.id == question_id), None)


def ruling_on_area_wide(rules: Iterable[Rule]) -> Rule | None:
    """Return the rule of an answer that says what is area-wide, None where none of them does."""
    return next((rule for rule in rules if rule.id == AREA_WIDE), None)
