"""Which rows a graph was loaded with: raised when `kg.stores.rows` changes, so that such a graph is loaded again."""

LOAD_REVISION = 6
