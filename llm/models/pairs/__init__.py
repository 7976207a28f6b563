"""A model that reads two texts together: what a claim rests on with the claim, a question with a passage."""
