"""What stands nearest to a search that found nothing."""

from dataclasses import replace

from marketplace.search.engines.base import EngineQuery, Reader
from marketplace.search.german import telling_words
from marketplace.search.plan import Plan
from marketplace.search.suggestions import LONGEST

MOST = 5
SHORTEST_BEGINNING = 4


def nearest_services(reader: Reader, text: str, plan: Plan) -> list[str]:
    """Return up to five services: by any one of the words without filters, then by the longest beginning of a word."""
    found: dict[str, None] = {}
    if plan.groups:
        weaker = replace(plan, least=1)
        found |= dict.fromkeys(reader.search(EngineQuery(weaker, "services", limit=MOST)).ids)
    typed = dict.fromkeys(telling_words(text))
    longest = min(max(map(len, typed), default=0), LONGEST)
    for length in range(longest, SHORTEST_BEGINNING - 1, -1):
        if len(found) >= MOST:
            break
        for word in typed:
            if len(word) >= length:
                for one in reader.state.suggestions.find(word[:length]):
                    if one.kind == "services":
                        found.setdefault(one.id)
    return list(found)[:MOST]
