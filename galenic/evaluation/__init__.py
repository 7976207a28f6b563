"""How well the parts of an answer do their work, measured on a release."""
