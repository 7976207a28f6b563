"""What is known and why: records, schema, the release, logical forms, the graph store, topology."""
