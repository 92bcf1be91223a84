"""Search: one German analysis and one query plan for two engines. The database is the truth, an index can be thrown away."""
