"""``/counting-rules``: all rules in all versions, in both languages; publishing a new version."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.counting_rules import list_rules, publish_rule
from marketplace.actions.paging import Page
from marketplace.api.answers import answer_page, answer_write
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import page_request
from marketplace.api.parsing import json_object
from marketplace.api.schemas.base import PageQuery
from marketplace.api.schemas.counting_rules import (
    CountingRuleFields,
    RuleEntry,
    RuleList,
    RulePublishQuery,
    rule_body,
)
from marketplace.domain.access import Action
from marketplace.http import actor, context

blueprint = Resource("counting-rules", __name__, url_prefix=PREFIX, description="How figures are counted")


@blueprint.operation(
    "/counting-rules", action=Action.READ_PUBLIC, answer=RuleList, query=PageQuery, paged=True
)
def list_counting_rules(query: Mapping[str, Any]) -> Response:
    """List all counting rules in all their versions."""
    wanted, rules = page_request(query), list_rules(context())
    items = rules[wanted.offset : wanted.offset + wanted.page_size]
    return answer_page(Page(items, len(rules), wanted.page, wanted.page_size), rule_body, query)


@blueprint.operation(
    "/counting-rules",
    method="POST",
    action=Action.PUBLISH_RULE,
    answer=RuleEntry,
    query=RulePublishQuery,
    body=CountingRuleFields,
    created=True,
    errors=(409,),
)
def publish_counting_rule(query: Mapping[str, Any]) -> Response:
    """Publish a new version of a counting rule, or a new rule; it gets the next number and never changes afterwards.

    201 where it was published, 200 where the newest version says the same already or on a dry run. A rule that breaks
    a law of counting is refused: `rule` of an error names the law, `field` the parameter at fault, `message` a
    counter-example. A further version keeps `state_counts`; of a shipped rule also `counted`, `inherited` and
    `developing_states`.
    """
    dry_run = bool(query["dry_run"])
    listed, is_new = publish_rule(context(), actor(), json_object(), dry_run=dry_run)
    return answer_write(rule_body(listed), 201 if is_new and not dry_run else 200)
