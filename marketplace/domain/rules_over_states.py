"""The shipped rules that count states, in words and parameters. Each text stands alone, so that it can be cited."""

from marketplace.domain.rule import Rule, StateCounts, paragraphs

_DENOMINATOR_DE = (
    "Nenner: alle Länder, auch die entwickelnden, in denen nach der Behördenart des Onlinedienstes am Stichtag "
    "mindestens eine Behörde zuständig ist."
)
_DENOMINATOR_EN = (
    "Denominator: all states, the developing ones included, in which by the authority set of the service at least one "
    "authority is competent on the reference date."
)
_LIVE_DE = (
    "Produktiv ist eine Behörde hier auch dann, wenn es allein der Anbieter angibt oder die Erklärung lange nicht "
    "bestätigt worden ist. Behörden, deren fehlende Zuständigkeit die Koordinierung ihres Landes oder ein Register "
    "bestätigt hat, bleiben außer Betracht."
)
_LIVE_EN = (
    "An authority is live here also where only the provider claims so, or where the statement has not been confirmed "
    "for long. Authorities whose lack of competence has been confirmed by their state's coordination or by a register "
    "are disregarded."
)
_OTHERS_DE = (
    "Ein Land, das nicht zählt, ist in Arbeit, wenn mindestens eine seiner Behörden berechtigt oder produktiv ist, "
    "sonst unbekannt."
)
_OTHERS_EN = (
    "A state that does not count is in progress where at least one of its authorities is entitled or live, otherwise "
    "unknown."
)
_LAND_DE = (
    "In drei Ländern sind Behörden zuständig. Im ersten sind es vier, und alle sind produktiv, eine davon nur nach "
    "Angabe des Anbieters. Im zweiten sind es einhundert, davon sind 99 produktiv. Im dritten sind es zwei, von denen "
    "nichts bekannt ist."
)
_LAND_EN = (
    "Authorities are competent in three states. In the first there are four, and all are live, one of them only by the "
    "provider's claim. In the second there are one hundred, of which 99 are live. In the third there are two, of which "
    "nothing is known."
)

JOINED_STATES = Rule(
    id="joined-states",
    version=1,
    title_de="Beigetretene Länder",
    title_en="Joined states",
    text_de=paragraphs(
        "Beigetreten ist ein Land, das die Nachnutzung des Onlinedienstes am Stichtag für alle seine zuständigen "
        "Behörden erklärt hat. Die Regel sagt, wer nachnutzen darf, nicht, wo der Onlinedienst läuft.",
        _DENOMINATOR_DE,
        "Zähler: die Länder des Nenners, deren bis zum Wissensstand bekannte Erklärung für das ganze Land auf "
        "„vereinbart“, „in Anbindung“ oder „produktiv“ lautet. Angaben des Anbieters ohne Beleg und Erklärungen "
        "einzelner Kreise oder Gemeinden genügen nicht.",
        _OTHERS_DE,
    ),
    text_en=paragraphs(
        "A state has joined when it has stated the reuse of the service for all its competent authorities on the "
        "reference date. The rule says who may reuse the service, not where it runs.",
        _DENOMINATOR_EN,
        "Numerator: the states of the denominator whose statement for the whole state, as known at the state of "
        "knowledge, says “agreed”, “connecting” or “live”. Claims of the provider without proof and statements of "
        "single districts or municipalities do not suffice.",
        _OTHERS_EN,
    ),
    example_de=(
        "In drei Ländern sind Behörden zuständig. Das erste hat die Nachnutzung für alle vereinbart; angebunden ist "
        "dort noch niemand. Im zweiten hat das Land nichts erklärt, aber zwei Gemeinden sind produktiv. Aus dem "
        "dritten ist nichts bekannt. Beigetreten ist 1 von 3 Ländern; das zweite ist in Arbeit, das dritte unbekannt."
    ),
    example_en=(
        "Authorities are competent in three states. The first has agreed the reuse for all; nobody is connected there "
        "yet. In the second the state has stated nothing, but two municipalities are live. Of the third nothing is "
        "known. Joined has 1 of 3 states; the second is in progress, the third unknown."
    ),
    weakness_de=(
        "Ein Beitritt bindet niemanden an: Das Land zählt auch dann, wenn keine einzige Behörde produktiv ist, und "
        "auch dann, wenn seine Erklärung einzelne Behörden ausnimmt. Umgekehrt zählt ein Land nicht, dessen Kommunen "
        "einzeln beigetreten sind. Jedes Land wiegt gleich viel."
    ),
    weakness_en=(
        "Joining connects nobody: the state counts even where not a single authority is live, and even where its "
        "statement excepts single authorities. Conversely a state does not count whose municipalities have joined one "
        "by one. Every state weighs the same."
    ),
    state_counts=StateCounts.JOINED,
)  # fmt: skip
AREA_WIDE_BY_STATE = Rule(
    id="area-wide-by-state",
    version=1,
    title_de="Flächendeckende Länder",
    title_en="Area-wide by state",
    text_de=paragraphs(
        "Flächendeckend ist der Onlinedienst in einem Land, wenn er am Stichtag bei allen dort zuständigen Behörden "
        "produktiv ist. Fehlt eine einzige, zählt das Land nicht.",
        _DENOMINATOR_DE,
        "Zähler: die Länder des Nenners, in denen alle zuständigen Behörden produktiv sind. " + _LIVE_DE,
        _OTHERS_DE,
    ),
    text_en=paragraphs(
        "The service is area-wide in a state when on the reference date it is live in all authorities that are "
        "competent there. Where a single one is missing, the state does not count.",
        _DENOMINATOR_EN,
        "Numerator: the states of the denominator in which all competent authorities are live. " + _LIVE_EN,
        _OTHERS_EN,
    ),
    example_de=_LAND_DE + " Gezählt wird 1 von 3 Ländern: das erste. Das zweite ist in Arbeit, obwohl nur eine Behörde "
    "fehlt, das dritte unbekannt.",
    example_en=_LAND_EN + " Counted is 1 of 3 states: the first. The second is in progress although a single authority "
    "is missing, the third unknown.",
    weakness_de=(
        "Zwischen 99 von 100 und einer von 100 Behörden macht die Regel keinen Unterschied. Weil unbestätigte Angaben "
        "genügen, kann der Wert zu hoch sein. Ein Land mit einer einzigen zuständigen Behörde wird so leicht "
        "flächendeckend wie eines mit tausend schwer, und beide wiegen gleich viel."
    ),
    weakness_en=(
        "The rule makes no difference between 99 of 100 authorities and one of 100. As unconfirmed claims suffice, the "
        "value can be too high. A state with a single competent authority becomes area-wide as easily as one with a "
        "thousand hardly does, and both weigh the same."
    ),
    state_counts=StateCounts.ALL_LIVE,
)  # fmt: skip
AT_LEAST_ONE = Rule(
    id="at-least-one",
    version=1,
    title_de="In mindestens einer Behörde verfügbar",
    title_en="In at least one authority",
    text_de=paragraphs(
        "Ein Land zählt, wenn der Onlinedienst am Stichtag dort bei mindestens einer zuständigen Behörde produktiv "
        "ist: die frühere Zählweise der OZG-Umsetzung.",
        _DENOMINATOR_DE,
        "Zähler: die Länder des Nenners, in denen mindestens eine zuständige Behörde produktiv ist. " + _LIVE_DE,
        _OTHERS_DE,
    ),
    text_en=paragraphs(
        "A state counts when on the reference date the service is live there in at least one competent authority: how "
        "the OZG was counted in its first years.",
        _DENOMINATOR_EN,
        "Numerator: the states of the denominator in which at least one competent authority is live. " + _LIVE_EN,
        _OTHERS_EN,
    ),
    example_de=_LAND_DE + " Gezählt werden 2 von 3 Ländern: das erste und das zweite. Im zweiten genügte dafür eine "
    "einzige Behörde.",
    example_en=_LAND_EN + " Counted are 2 of 3 states: the first and the second. In the second a single authority would "
    "have sufficed.",
    weakness_de=(
        "Ein einziger Anschluss macht ein ganzes Land grün: Die Regel sagt nichts darüber, wie viele Menschen den "
        "Onlinedienst nutzen können, und sie steigt kaum noch, wenn die Nachnutzung erst richtig beginnt. Unbestätigte "
        "Angaben genügen."
    ),
    weakness_en=(
        "A single connection turns a whole state green: the rule says nothing about how many people can use the "
        "service, and it hardly rises any more when reuse really begins. Unconfirmed claims suffice."
    ),
    state_counts=StateCounts.ONE_LIVE,
)  # fmt: skip
