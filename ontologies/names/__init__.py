"""Names to identifiers: exact, reordered, abbreviated and mistyped names, and names inside a sentence."""
