"""Use cases, one file a family. Each says what may happen and does it in one transaction; only actions commit."""
