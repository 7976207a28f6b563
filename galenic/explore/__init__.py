"""Explore: Cypher and plain language side by side, in a terminal, a pipe or a notebook."""
