"""Answers and other results as a person reads them."""
