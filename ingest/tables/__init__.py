"""Tables of one's own: a TOML file beside a CSV or TSV says how its rows become nodes, edges and evidence."""
