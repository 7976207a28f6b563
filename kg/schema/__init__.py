"""What may be said: the kinds of node and the relations between them."""

from kg.schema.relations import Kind, Relation, Schema, schema

__all__ = ["Kind", "Relation", "Schema", "schema"]
