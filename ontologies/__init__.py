"""Identifiers, terms, lineage and names."""
