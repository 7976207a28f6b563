"""A question with its linked names becomes a typed logical form."""
