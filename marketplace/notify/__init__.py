"""How people and machines are told of changes: feeds."""
