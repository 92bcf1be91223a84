"""A query as it was corrected, to be shown and to be undone. Pure."""

from marketplace.search.german import words
from marketplace.search.plan import Plan


def corrected_query(text: str, plan: Plan) -> str | None:
    """Return the query with the corrected words in the place of the misspelt ones; None where none was corrected."""
    instead = {one.text: one.used for one in plan.corrections if one.used}
    if not instead:
        return None
    pieces, done = [], 0
    for word in words(text):
        if word.text in instead:
            pieces += [text[done : word.start], instead[word.text]]
            done = word.end
    return "".join([*(piece or "" for piece in pieces), text[done:]])
