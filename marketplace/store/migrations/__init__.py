"""Alembic's migrations; `store.schema` runs them."""
