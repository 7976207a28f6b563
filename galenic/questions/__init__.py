"""Ask: link, parse, retrieve, compose, verify."""
