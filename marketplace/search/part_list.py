"""Parts that German administrative compounds are made of, beside the catalogue's own words. Pure.

A compound is split only into words that are known. The names of the catalogue know "Parkausweis", but many of the
short words that compounds begin or end with never stand alone in a name: these are listed here, in small letters as
they are written inside a compound (a verb by its stem: park, fahr, bau).
"""

from marketplace.search.german import fold

_HEADS = """
    abgabe abmeldung akte akten amt analyse änderung anerkennung angebot anlage anlagen anmeldung annahme anschluss antrag
    anzeige arbeit aufsicht auftrag auskunft ausweis bank bau bedarf befreiung beglaubigung begleitung beihilfe beitrag
    beratung berechtigung bereich bericht bescheid bescheinigung beschwerde bestätigung betrieb betreuung bewertung
    bewilligung brief buch dach darlehen datei daten dienst eignung einkommen einrichtung entgelt entschädigung
    entsorgung erklärung erlaubnis ermäßigung ersatz erstattung fahrt feier fest flug förderung form freigabe frist führung
    gebühr gebühren geld genehmigung gericht geschäft gesellschaft gesetz gutschein gutachten hafen halle haltung handel
    haus heim helfer hilfe hof hütte karte kasse kauf kennzeichen klage konto kontrolle kosten kraft kredit kunde kurs
    lager land laub lehre leistung leitung liste lizenz lohn markt maschine meldung miete mittel nachweis name nummer
    nutzung objekt ordnung pass pauschale person plakette plan platz pflege pflicht preis prüfung punkt rat raum recht
    register reinigung reise rente sache schaden schein schule schutz schuld sitz sperre spiel sport stand stelle steuer
    stiftung stoff strafe straße stück tafel tag taxe test titel tonne umtausch ummeldung umzug unterlagen unterricht
    untersuchung urkunde urlaub verband verbot verein verfahren vergütung verkauf verkehr verlängerung vermittlung
    vermögen versammlung versicherung vertrag verwaltung verzeichnis vollmacht vorsorge vorschuss wagen wahl wasser
    wechsel werbung werk wesen wettbewerb wohnung zahlung zeichen zeit zentrum zeugnis zone zulage zulassung
    zuschlag zuschuss zuwendung
"""
_MODIFIERS = """
    abfall abgas abwasser acker adress alarm alkohol alter alters ampel angel anhänger anlieger anwohner arbeiter arbeitgeber
    arbeitnehmer arbeitslos arznei arzt asyl auslands ausländer außen auto automaten bad bade bahn balkon barriere baum
    bäume behinderten behindert berg beruf berufs besuch bestattung betäubungsmittel bewohner bienen bildung bio blinden
    blumen boden boots brand brenn brücken bundes bürger bus camping chemie container dauer denkmal diesel dolmetscher
    drohnen ehe ehrenamt eigen eigentum einbürgerung einfuhr eis elektro eltern emission energie entwässerung erbschaft
    erben erb erdwärme ernährung erst export fach fahr fahrer fahrrad fahrzeug falsch familien feier ferien feuer
    feuerwerk feuerwehr film fisch fischerei flächen flohmarkt flucht flüchtling forst frauen freizeit fremd friedhofs
    führer fund fußgänger garten gas gast gaststätten gebäude geburt geburts gefahr gefahren geh gehweg gemeinde gerät geräusch
    gesundheit gewerbe gewässer gift glas grab grenz groß grund grundstück grün gruppen güter haft halt handwerk
    handwerker haushalt hebammen heil heizung heizöl herstellung hoch hochschul hochzeit holz hör hotel hund hunde
    immission immobilien impf industrie informations insel insolvenz integration jagd jahr jugend jung juristen
    kampf kapital kataster katzen kau kinder kind kirche klasse klein klima kraftfahrzeug kranken krankheits krippen
    kultur kunst kur kurz kurzarbeit küsten labor laden lade landwirtschaft lärm lastkraftwagen leben lebens lebensmittel
    leder lehrer leichen liegenschaft lotterie luft mahn mahl makler marken mehr meister melde mensch miet milch minder
    mobil motor müll musik mutter mutterschutz nacht namens natur netz nichtraucher not notar obst
    öl öko online opfer organ park parkplatz patent personal personalien pferde pflanzen pflege pflegekind photovoltaik
    polizei post prospekt prostitution psycho quell rad radio radon rauch rechts recycling regen reh reit reise rest
    rettung rinder roh rohr rohbau rollstuhl ruhe rundfunk saat sachverständigen sanierung schad scheidung schenkung schiff
    schlacht schlüssel schornstein schrift schrott schuld schuldner schüler schwanger schwer schwerbehinderten see seil
    selbst senioren sicherheit signal sitz sohn solar sonder sonn sonntags sozial spar spenden sperr sperrmüll spiel
    sprach sprech spreng staat staatsangehörigkeit stadt stamm stand standes stau steuer sterbe stipendium straf strahlen strand
    straßen strom studenten studien studium tabak tages tanz tauf tausch taxi technik teil tele tier tod todes tot
    tochter trau trauung trink truppen überführung übernachtung übungs umwelt unfall unternehmen urlaubs vater verbraucher
    verbrennung verein vereins vergnügung verlust vermessung vermiet vermieter versorgung verwandten vieh vogel
    vormund vorrang wach waffen wähler wald waren wärme weide wein weiter werbe wetter wild wind windkraft winter
    wirtschaft witwen wohn wohngeld wohnraum wohnsitz zahn zelt zeugen zivil zoll zucht zug zwangs zweit zweitwohnung
    zweck
"""
PARTS = tuple(dict.fromkeys((_HEADS + _MODIFIERS).split()))
"""The curated parts."""
NO_MODIFIERS = frozenset(
    fold(prefix)
    for prefix in [
        "ab",
        "an",
        "auf",
        "aus",
        "be",
        "bei",
        "bis",
        "dar",
        "durch",
        "ein",
        "ent",
        "er",
        "fort",
        "für",
        "ge",
        "gegen",
        "her",
        "hin",
        "hinter",
        "in",
        "los",
        "mit",
        "nach",
        "nieder",
        "ohne",
        "über",
        "um",
        "un",
        "unter",
        "ver",
        "vor",
        "weg",
        "wider",
        "wieder",
        "zer",
        "zu",
        "zurück",
        "zusammen",
    ]
)
"""Prefixes of verbs and nouns: what begins with one of them is a word of its own, no compound ("Anmeldung")."""
NO_HEADS = frozenset(
    [
        "ung",
        "ungen",
        "heit",
        "heiten",
        "keit",
        "keiten",
        "schaft",
        "schaften",
        "lich",
        "isch",
        "bar",
        "sam",
        "haft",
        "ende",
        "enden",
        "erin",
        "innen",
        "stellung",
        "lung",
        "tung",
        "nahme",
        "ling",
        "linge",
        "tum",
        "nis",
    ]
)
"""Endings that are no word of their own."""
