"""The whole seed on each engine, as the tests of search have it."""

from tests.search.conftest import catalogue, seeded_elasticsearch

__all__ = ["catalogue", "seeded_elasticsearch"]
