"""Which feed each public page leads to: a list or statistics page without one has a reason."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.domain.access import EVERYBODY
from marketplace.domain.catalogue import Bundle
from marketplace.store import catalogue_writes
from tests import atom, land

ALL = "/dienste.atom"
BUNDLE, PROCEDURE = "10124", "99115005104000"
SERVICE, REGION, QUOTE = "/dienste/wohnsitz", f"/regionen/{land.SEEDORF}", "/quoten.atom"
FEEDS = {
    "/": [ALL],
    "/dienste": [ALL],
    "/dienste?kind=platform&sort=name&page=1": [f"{ALL}?kind=platform", ALL],
    SERVICE: [f"{SERVICE}.atom", f"{QUOTE}?service=wohnsitz", ALL],
    f"{SERVICE}?rule=coverage@1&unit=population": [
        f"{SERVICE}.atom", f"{QUOTE}?rule=coverage&service=wohnsitz&unit=population", ALL,
    ],
    f"{SERVICE}/verlauf": [f"{SERVICE}.atom", ALL],
    "/suche?q=wohnsitz&lead_state=02&lead_state=09&sort=relevance": [
        "/suche.atom?q=wohnsitz&lead_state=02&lead_state=09", ALL,
    ],
    # An organisation is in no change of its own: what is told of it is what it publishes.
    "/organisationen": [ALL],
    "/organisationen/provider": ["/organisationen/provider.atom", ALL],
    "/themenfelder": ["/themenfelder.atom", ALL],
    "/themenfelder/bildung": ["/themenfelder/bildung.atom", ALL],
    f"/leistungsbuendel/{BUNDLE}": [f"/leistungsbuendel/{BUNDLE}.atom", ALL],
    f"/leistungen/{PROCEDURE}": [f"/leistungen/{PROCEDURE}.atom", ALL],
    "/regionen": ["/regionen.atom", ALL],
    REGION: [f"{REGION}.atom", ALL],
    "/regionen/09": ["/regionen/09.atom", f"{QUOTE}?state=09", ALL],
    "/regionen/00": ["/regionen/00.atom", QUOTE, ALL],
    f"{REGION}/angaben": [f"{REGION}.atom", ALL],
    "/bedarf": ["/bedarf.atom", ALL],
    "/zaehlregeln": ["/zaehlregeln.atom", ALL],
    "/quoten": [QUOTE, ALL],
    "/quoten?rule=coverage@1": [f"{QUOTE}?rule=coverage", ALL],
    "/quoten/veraenderung?service=wohnsitz&rule=coverage@1&from=2025-01-01": [
        f"{QUOTE}?rule=coverage&service=wohnsitz", ALL,
    ],
    "/fragen": [QUOTE, ALL],
    "/fragen/joined-states?service=wohnsitz": [f"{QUOTE}?rule=joined-states&service=wohnsitz", ALL],
    "/fragen/planned-go-lives?state=09": [f"{QUOTE}?rule=coverage&state=09", ALL],
    "/fragen/paid-services?state=09": [f"{QUOTE}?rule=coverage&state=09", ALL],
    "/fragen/one-or-all": [f"{QUOTE}?rule=at-least-one", ALL],
    "/dienste?lang=en": [f"{ALL}?lang=en"],
    "/fragen?lang=en": [f"{QUOTE}?lang=en", f"{ALL}?lang=en"],
}  # fmt: skip
WITHOUT = {
    "/abonnieren/mail": "a form",
    "/abonnieren/mail/unterwegs": "says that a mail is on its way",
    "/abonnieren/bestaetigen/<token>": "the form behind the link of a mail",
    "/abbestellen/<token>": "the form behind the link of a mail",
    "/anmelden": "a form",
    "/anmelden/konto": "leads to the provider of the sign-in",
    "/anmelden/rueckkehr": "comes back from the provider of the sign-in",
    "/einladung/<secret>": "a form",
    "/konto": "one's own account",
    "/bedarf/neu": "a form",
    "/import-vorlage": "a file to fill in",
    "/meine-region": "a form",
    "/meine-region/angaben": "leads to the claims of the chosen region",
    "/sprache/<any(de, en):code>": "a choice",
    "/thesaurus": "words of the search: the public change feed holds nothing of them",
    "/impressum": "legal",
    "/datenschutz": "legal",
    "/barrierefreiheit": "legal",
}
FILES = (".atom", ".csv", "/livez", "/readyz")


@pytest.fixture
def app(context: Context) -> Flask:
    land.settle(context)
    land.add_theme_field(context, "bildung", "Bildung")
    land.add_procedure(context, PROCEDURE, "Wohnsitz anmelden")
    with context.database.writing() as session:
        catalogue_writes.save_bundles(session, [Bundle(BUNDLE, "Umzug", "bildung", None, context.today())])
    return create_app(context)


def feeds_of(client: FlaskClient, page: str) -> list[str]:
    answer = client.get(page)
    assert answer.status_code == 200, page
    links = re.findall(r'<link rel="alternate" type="application/atom\+xml" href="([^"]+)"', answer.text)
    return [unescape(one) for one in links]


def is_public_page(app: Flask, rule: Rule) -> bool:
    view = app.view_functions[rule.endpoint]
    return (
        rule.endpoint.startswith("web.")
        and rule.endpoint != "web.static"
        and "GET" in (rule.methods or ())
        and getattr(view, "needs", None) in EVERYBODY
        and not rule.rule.endswith(FILES)
    )


def test_every_public_page_leads_to_its_feed_or_has_a_reason_to_have_none(app: Flask) -> None:
    client = app.test_client()
    assert {page: feeds_of(client, page) for page in FEEDS} == FEEDS
    for address in sorted({one for feeds in FEEDS.values() for one in feeds}):
        atom.read(client.get(address).data)
    adapter = app.url_map.bind("localhost")
    led = {adapter.match(page.partition("?")[0], return_rule=True)[0].rule for page in FEEDS}
    public = {rule.rule for rule in app.url_map.iter_rules() if is_public_page(app, rule)}
    assert public == led | WITHOUT.keys()
    assert not led & WITHOUT.keys()


def test_an_error_leads_to_no_feed(app: Flask) -> None:
    text = app.test_client().get("/dienste/unbekannt").text
    assert "application/atom+xml" not in text


def test_a_figure_is_chosen_for_its_feed_where_it_stands(app: Flask) -> None:
    client = app.test_client()
    for page, hidden in (("/quoten?rule=coverage", "coverage"), (f"{SERVICE}?rule=coverage", "wohnsitz")):
        form = client.get(page).text.split('action="/quoten.atom"', 1)[1].split("</form>", 1)[0]
        assert f'value="{hidden}"' in form
        assert '<option value="09">Bayern</option>' in form
        assert 'name="threshold"' in form
    chosen = {
        "rule": "coverage",
        "service": "wohnsitz",
        "state": "09",
        "threshold": "0.25",
        "monthly": "true",
    }
    assert client.get("/quoten.atom", query_string=chosen).status_code == 200
    assert 'name="state"' not in client.get("/quoten?rule=joined-states").text
