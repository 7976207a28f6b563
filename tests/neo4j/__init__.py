"""A real Neo4j for tests."""
