"""The application: what a person runs."""

__version__ = "0.1.0"
