"""Measurements: every figure in the documentation comes from here."""
