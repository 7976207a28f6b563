"""Documents of the literature, whatever format they came in, as citations, passages and mentions."""
