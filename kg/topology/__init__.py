"""Graph mathematics over a release: compact arrays of all its edges, path counts, ranks and shortest paths."""
