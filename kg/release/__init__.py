"""The release: a folder of Parquet files and a manifest, the single source of truth."""
