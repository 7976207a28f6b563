"""From the identifiers of one vocabulary to those of another, read from tables that lie beside a source's own files."""
