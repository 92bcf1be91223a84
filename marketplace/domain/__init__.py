"""Pure rules: no I/O, no framework, nothing of the project is imported from outside this package."""
