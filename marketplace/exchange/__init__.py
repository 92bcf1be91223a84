"""Foreign formats in and out. Knows the domain's words, neither the database nor HTTP."""
