"""The two engines behind one protocol: ``embedded`` (tantivy in RAM) and ``elasticsearch``."""
