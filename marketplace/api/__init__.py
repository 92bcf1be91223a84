"""``/api/v1``: the marketplace for machines, its contract and its interactive reference."""

from flask import Flask

from marketplace.api import (
    adoption_claims,
    adoption_events,
    adoption_template,
    adoptions,
    audit,
    authorities,
    authority_sets,
    catalogue,
    changes,
    counting_rules,
    delegations,
    demand,
    duplicates,
    health,
    me,
    merging,
    notifications,
    organisations,
    ready_questions,
    reference,
    region_statistics,
    regions,
    search,
    self_check,
    service_comments,
    service_confirmation,
    service_life,
    service_versions,
    services,
    statistics,
    statistics_over_time,
    subscriptions,
    thesaurus,
    transfers,
    usage,
    webhook_log,
    webhooks,
)
from marketplace.api.access import register_access
from marketplace.api.answers import OrjsonProvider
from marketplace.api.contract import MarketplaceApi, make_api
from marketplace.api.kept import EXTENSION, KeptAnswers

RESOURCES = (
    me, services, service_life, service_versions, service_comments, duplicates, self_check, service_confirmation, merging, search, demand, catalogue, organisations, regions, authorities, authority_sets, adoption_events, adoption_template,
    adoption_claims, adoptions, delegations, transfers, counting_rules, statistics,
    statistics_over_time, region_statistics,
    ready_questions, usage, thesaurus, subscriptions, changes, notifications, audit, webhooks, webhook_log,
)  # fmt: skip


def register(app: Flask) -> MarketplaceApi:
    """Put the API, its reference and the health checks into the application."""
    app.json = OrjsonProvider(app)
    app.extensions[EXTENSION] = KeptAnswers()
    register_access(app)
    api = make_api(app)
    for resource in RESOURCES:
        api.register_blueprint(resource.blueprint)
    app.register_blueprint(reference.blueprint)
    app.register_blueprint(health.blueprint)
    return api
