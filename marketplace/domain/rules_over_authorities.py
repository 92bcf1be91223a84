"""The shipped rules that count authorities, in words and parameters. Each text stands alone, so that it can be cited."""

from marketplace.domain.adoption import Status
from marketplace.domain.rule import Rule, paragraphs

_DENOMINATOR_DE = (
    "Nenner: alle Behörden, die nach der Behördenart des Onlinedienstes am Stichtag für ihn zuständig sind, {who}. "
    "Nicht zum Nenner gehören Behörden, deren fehlende Zuständigkeit die Koordinierung ihres Landes oder ein Register "
    "bestätigt hat; sie werden gesondert ausgewiesen."
)
_DENOMINATOR_EN = (
    "Denominator: all authorities which by the authority set of the service are competent for it on the reference "
    "date, {who}. Authorities whose lack of competence has been confirmed by their state's coordination or by a "
    "register are not in the denominator; they are reported separately."
)
_STATEMENT_DE = (
    "Erklärung ist, was bis zum Wissensstand die Behörde selbst, die Koordinierung ihres Landes oder ein Register "
    "mitgeteilt hat oder was der Anbieter mit einem Beleg mitgeteilt hat. Eine Erklärung kann für alle Behörden eines "
    "Gebiets abgegeben sein. Lautet sie auf „produktiv“, so gilt das für diese Behörden nur, wenn der Onlinedienst "
    "zentral freigeschaltet wird; muss sich jede Behörde selbst anbinden, sind sie berechtigt, aber nicht produktiv. Erklärt eine "
    "Behörde für sich selbst, dass sie ablehnt, eine Eigenlösung hat oder nicht zuständig ist, so geht das vor."
)
_STATEMENT_EN = (
    "A statement is what, up to the state of knowledge, the authority itself, its state's coordination or a register "
    "has reported, or what the provider has reported with proof. A statement can be made for all authorities of an "
    "area. If it says “live”, this holds for those authorities only where the service is switched on centrally; where "
    "every authority has to connect by itself, they are entitled but not live. Where an authority states for itself that "
    "it declines, has a solution of its own or is not competent, that prevails."
)
_UNCONFIRMED_DE = (
    "Nicht gezählt, sondern als unbestätigt ausgewiesen werden Behörden, für die allein eine Angabe des Anbieters ohne "
    "Beleg auf „produktiv“ lautet, und Behörden, deren Erklärung „produktiv“ am Stichtag seit mehr als 730 Tagen nicht "
    "bestätigt worden ist, sofern nicht ein Beleg bis zum Stichtag reicht. Liegt keine Erklärung vor, ist der Stand "
    "unbekannt; das ist weder ein Ja noch ein Nein."
)
_UNCONFIRMED_EN = (
    "Not counted, but reported as unconfirmed, are authorities for which only a claim of the provider without proof "
    "says “live”, and authorities whose statement “live” has on the reference date not been confirmed for more than "
    "730 days, unless a proof reaches to the reference date. Without a statement the status is unknown; that is "
    "neither a yes nor a no."
)
_UNITS_DE = (
    "In der Einheit Einwohner zählt jede Behörde mit den Einwohnern, für die sie am Stichtag zuständig ist."
)
_UNITS_EN = (
    "In the unit population each authority counts with the inhabitants it serves on the reference date."
)
_EMPTY_DE = "Ist keine Behörde im Nenner, ist die Quote nicht bestimmt."
_EMPTY_EN = "Where no authority is in the denominator, the rate is undefined."
_LAND_DE = (
    "Zuständig sind zehn Behörden. Im umsetzenden Land sind es vier: drei sind produktiv, von einer ist nichts bekannt. "
    "In den anderen Ländern sind es sechs: zwei sind produktiv, eine ist es nur nach Angabe des Anbieters, eine hat "
    "eine Eigenlösung, eine hat die Nachnutzung vereinbart, von einer ist nichts bekannt."
)
_LAND_EN = (
    "Ten authorities are competent. Four are in the lead state: three are live, of one nothing is known. Six are in "
    "other states: two are live, one is so only by the provider's claim, one has a solution of its own, one has agreed "
    "to reuse the service, of one nothing is known."
)
_ALL_DE, _ALL_EN = "auch die der entwickelnden Länder", "those of the developing states included"

REUSE_RATE = Rule(
    id="reuse-rate",
    version=1,
    title_de="Nachnutzungsquote",
    title_en="Reuse rate",
    text_de=paragraphs(
        "Die Nachnutzungsquote ist der Anteil der zuständigen Behörden außerhalb der entwickelnden Länder, bei denen "
        "der Onlinedienst am Stichtag produktiv ist.",
        _DENOMINATOR_DE.format(who="ohne die Behörden der entwickelnden Länder: des umsetzenden Landes und der "
                                   "mitentwickelnden Länder"),
        "Zähler: die Behörden des Nenners, für die eine Erklärung auf „produktiv“ lautet. " + _STATEMENT_DE,
        _UNCONFIRMED_DE,
        f"{_UNITS_DE} {_EMPTY_DE} Das gilt auch, solange das umsetzende Land nicht bekannt ist.",
    ),
    text_en=paragraphs(
        "The reuse rate is the share of the competent authorities outside the developing states in which the service "
        "is live on the reference date.",
        _DENOMINATOR_EN.format(who="without the authorities of the developing states: of the lead state and the "
                                   "partner states"),
        "Numerator: the authorities of the denominator for which a statement says “live”. " + _STATEMENT_EN,
        _UNCONFIRMED_EN,
        f"{_UNITS_EN} {_EMPTY_EN} The same holds as long as the lead state is not known.",
    ),
    example_de=_LAND_DE + " Gezählt werden 2 von 6 Behörden: 33,3 %. Eine ist unbestätigt und eine unbekannt, die "
    "Spanne reicht daher bis 4 von 6: 66,7 %.",
    example_en=_LAND_EN + " Counted are 2 of 6 authorities: 33.3 %. One is unconfirmed and one unknown, so the interval "
    "reaches to 4 of 6: 66.7 %.",
    weakness_de=(
        "Angebunden ist nicht genutzt: Die Quote sagt nichts über die Zahl der Fälle. Jede Behörde wiegt gleich viel, "
        "ein Dorf wie eine Großstadt, solange nicht nach Einwohnern gezählt wird. Wer nichts erklärt, senkt die Quote; "
        "wie sehr, zeigt nur die Spanne. Ein Land, das mitentwickelt hat, fällt ganz heraus, auch wenn seine Behörden "
        "sich nicht angebunden haben."
    ),
    weakness_en=(
        "Connected is not used: the rate says nothing about the number of cases. Every authority weighs the same, a "
        "village like a city, unless inhabitants are counted. Who states nothing lowers the rate; only the interval "
        "shows by how much. A state that took part in the development is left out as a whole, even where its "
        "authorities have not connected."
    ),
    developing_states=False,
)  # fmt: skip
COVERAGE = Rule(
    id="coverage",
    version=1,
    title_de="Flächendeckungsgrad",
    title_en="Coverage",
    text_de=paragraphs(
        "Der Flächendeckungsgrad ist der Anteil aller zuständigen Behörden, bei denen der Onlinedienst am Stichtag "
        "produktiv ist.",
        _DENOMINATOR_DE.format(who=_ALL_DE),
        "Zähler: die Behörden des Nenners, für die eine Erklärung auf „produktiv“ lautet. " + _STATEMENT_DE,
        _UNCONFIRMED_DE,
        f"{_UNITS_DE} {_EMPTY_DE}",
    ),
    text_en=paragraphs(
        "The coverage is the share of all competent authorities in which the service is live on the reference date.",
        _DENOMINATOR_EN.format(who=_ALL_EN),
        "Numerator: the authorities of the denominator for which a statement says “live”. " + _STATEMENT_EN,
        _UNCONFIRMED_EN,
        f"{_UNITS_EN} {_EMPTY_EN}",
    ),
    example_de=_LAND_DE + " Gezählt werden 5 von 10 Behörden: 50 %. Eine ist unbestätigt und zwei sind unbekannt, die "
    "Spanne reicht daher bis 8 von 10: 80 %.",
    example_en=_LAND_EN + " Counted are 5 of 10 authorities: 50 %. One is unconfirmed and two are unknown, so the "
    "interval reaches to 8 of 10: 80 %.",
    weakness_de=(
        "Die entwickelnden Länder sind darin, in denen der Onlinedienst meist zuerst läuft: Ein hoher Wert kann ohne "
        "jede Nachnutzung durch andere zustande kommen. Jede Behörde wiegt gleich viel, solange nicht nach Einwohnern "
        "gezählt wird. Produktiv heißt angebunden, nicht genutzt."
    ),
    weakness_en=(
        "It includes the developing states, where the service usually runs first: a high value can come about without "
        "any reuse by others. Every authority weighs the same unless inhabitants are counted. Live means connected, "
        "not used."
    ),
)  # fmt: skip
AVAILABILITY = Rule(
    id="availability",
    version=1,
    title_de="Verfügbarkeit",
    title_en="Availability",
    text_de=paragraphs(
        "Die Verfügbarkeit ist der Anteil aller zuständigen Behörden, bei denen die Leistung am Stichtag online ist: "
        "mit diesem Onlinedienst oder mit einer Eigenlösung. Sie fragt, was Bürgerinnen, Bürger und Unternehmen "
        "vorfinden, nicht, was nachgenutzt wird.",
        _DENOMINATOR_DE.format(who=_ALL_DE),
        "Zähler: die Behörden des Nenners, für die eine Erklärung auf „produktiv“ oder auf „Eigenlösung“ lautet. "
        + _STATEMENT_DE,
        _UNCONFIRMED_DE + " Die Erklärung einer Eigenlösung wird nicht durch Zeitablauf unbestätigt.",
        f"{_UNITS_DE} {_EMPTY_DE}",
    ),
    text_en=paragraphs(
        "The availability is the share of all competent authorities where the procedure is online on the reference "
        "date: by this service or by a solution of their own. It asks what citizens and companies find, not what is "
        "reused.",
        _DENOMINATOR_EN.format(who=_ALL_EN),
        "Numerator: the authorities of the denominator for which a statement says “live” or “own solution”. "
        + _STATEMENT_EN,
        _UNCONFIRMED_EN + " The statement of an own solution does not become unconfirmed by the passing of time.",
        f"{_UNITS_EN} {_EMPTY_EN}",
    ),
    example_de=_LAND_DE + " Gezählt werden 6 von 10 Behörden: 60 %. Eine ist unbestätigt und zwei sind unbekannt, die "
    "Spanne reicht daher bis 9 von 10: 90 %.",
    example_en=_LAND_EN + " Counted are 6 of 10 authorities: 60 %. One is unconfirmed and two are unknown, so the "
    "interval reaches to 9 of 10: 90 %.",
    weakness_de=(
        "Wie gut eine Eigenlösung ist, wird nicht geprüft, und ihre Erklärung veraltet nicht. Eigenlösungen, die "
        "niemand erklärt hat, fehlen: Der Wert ist eher zu niedrig. Für die Frage, ob sich die gemeinsame Entwicklung "
        "gelohnt hat, ist er ungeeignet, denn jede Eigenlösung hebt ihn."
    ),
    weakness_en=(
        "How good an own solution is remains unchecked, and its statement does not grow stale. Own solutions that "
        "nobody has stated are missing: the value is rather too low. It does not answer whether developing together "
        "has paid, since every own solution raises it."
    ),
    counted=frozenset({Status.LIVE, Status.OWN_SOLUTION}),
)  # fmt: skip
