"""A plan in tantivy's words."""

from collections.abc import Iterable, Mapping, Sequence

from tantivy import Occur, Query, Schema

from marketplace.search.plan import Alternative, Clause, Group, Plan
from marketplace.search.weights import COVERED, FIELD_WEIGHTS, FURTHER_FIELDS

FilterValues = Mapping[str, Sequence[str]]


def translate(schema: Schema, plan: Plan, filters: FilterValues, only: frozenset[str] | None = None) -> Query:
    """Return the query of a plan under filters; filters do not score. ``only`` are the ids that may be found."""
    parts = [(Occur.Must, _matching(schema, plan))]
    parts += [(Occur.Should, _group(schema, group)) for group in plan.scoring]
    parts += [
        (Occur.Must, Query.boost_query(_one_of(schema, facet, values), 0.0))
        for facet, values in filters.items()
    ]
    if only is not None:
        parts.append((Occur.Must, Query.boost_query(Query.term_set_query(schema, "id", sorted(only)), 0.0)))
    return Query.boolean_query(parts)


def _one_of(schema: Schema, facet: str, values: Sequence[str]) -> Query:
    return _joined(Occur.Should, (Query.term_query(schema, facet, value, "basic") for value in values))


def _matching(schema: Schema, plan: Plan) -> Query:
    if not plan.groups:
        return Query.all_query()
    return Query.boolean_query(
        [(Occur.Should, _covered(schema, group)) for group in plan.deciding],
        minimum_number_should_match=plan.least,
    )


def _covered(schema: Schema, group: Group) -> Query:
    found = _group(schema, group)
    if not group.covers:
        return found
    constant = Query.const_score_query(Query.all_query(), COVERED * group.weight)
    return _joined(Occur.Must, [found, constant])


def _group(schema: Schema, group: Group) -> Query:
    best = Query.disjunction_max_query([_alternative(schema, one) for one in group.alternatives])
    return Query.boost_query(best, group.weight)


def _alternative(schema: Schema, alternative: Alternative) -> Query:
    together = _joined(Occur.Must, (_clause(schema, clause) for clause in alternative.clauses))
    return Query.boost_query(together, alternative.weight)


def _clause(schema: Schema, clause: Clause) -> Query:
    if clause.exact:
        found = (Query.term_query(schema, name, clause.term, "basic") for name in clause.fields)
        return Query.const_score_query(_joined(Occur.Should, found), 1.0)
    return Query.disjunction_max_query(
        [
            Query.boost_query(Query.term_query(schema, name, clause.term, "freq"), FIELD_WEIGHTS[name])
            for name in clause.fields
        ],
        FURTHER_FIELDS,
    )


def _joined(occur: Occur, queries: Iterable[Query]) -> Query:
    parts = [(occur, query) for query in queries]
    return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)
