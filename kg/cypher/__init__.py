"""Cypher that a person wrote, checked before it runs."""
