"""Logical forms: what a question asks of the graph, typed, printable and runnable."""
