"""The graph store: one Bolt client, and the servers behind it."""
