"""Makes what models learn from out of a release, and trains them."""
