"""Language models: question to logical form, hits to claims, claim to verdict."""
