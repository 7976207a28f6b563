"""One file a source; each defines SOURCE and is found by walking this folder."""
