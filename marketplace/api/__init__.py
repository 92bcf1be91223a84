"""``/api/v1``: the marketplace for machines, its contract and its interactive reference."""

from flask import Flask

from marketplace.api.access import register_access
from marketplace.api.adoption_events import adoption_events
from marketplace.api.adoptions import adoptions
from marketplace.api.answers import OrjsonProvider
from marketplace.api.authority_sets import authority_sets
from marketplace.api.catalogue import catalogue
from marketplace.api.contract import MarketplaceApi, make_api
from marketplace.api.counting_rules import counting_rules
from marketplace.api.health import health
from marketplace.api.kept import EXTENSION, KeptAnswers
from marketplace.api.reference import reference
from marketplace.api.regions import regions
from marketplace.api.search import searching
from marketplace.api.services import services
from marketplace.api.statistics import statistics

RESOURCES = (
    services, searching, catalogue, regions, authority_sets, adoption_events, adoptions, counting_rules, statistics,
)  # fmt: skip


def register(app: Flask) -> MarketplaceApi:
    """Put the API, its reference and the health checks into the application."""
    app.json = OrjsonProvider(app)
    app.extensions[EXTENSION] = KeptAnswers()
    register_access(app)
    api = make_api(app)
    for resource in RESOURCES:
        api.register_blueprint(resource)
    app.register_blueprint(reference)
    app.register_blueprint(health)
    return api
