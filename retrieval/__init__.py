"""From a question to hits: passages, edges, paths."""
