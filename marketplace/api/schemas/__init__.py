"""Shapes of answers: a schema for the contract and, beside it, the plain function that makes the body."""
