"""What is known of an edge beside its ends: who says it, how well, and which things its sources cover."""
