"""Tables, queries, outbox and migrations. Functions take a session and never commit: only actions do."""
