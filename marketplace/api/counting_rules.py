"""``/counting-rules``: all rules in all versions, in both languages."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.paging import Page
from marketplace.api.answers import answer_page
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import page_request
from marketplace.api.schemas.base import PageQuery
from marketplace.api.schemas.statistics import RuleList, rule_body
from marketplace.domain.access import Action
from marketplace.domain.shipped_rules import RULES

blueprint = Resource("counting-rules", __name__, url_prefix=PREFIX, description="How figures are counted")


@blueprint.operation(
    "/counting-rules", action=Action.READ_PUBLIC, answer=RuleList, query=PageQuery, paged=True
)
def list_counting_rules(query: Mapping[str, Any]) -> Response:
    """List all counting rules in all their versions."""
    wanted = page_request(query)
    items = RULES[wanted.offset : wanted.offset + wanted.page_size]
    return answer_page(Page(items, len(RULES), wanted.page, wanted.page_size), rule_body, query)
