"""From a source's files to records, and from records to one release."""
