"""The HTTP door: questions, names, passages and read-only Cypher as JSON."""
