"""`/docs`: what can be asked, as one page that loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 66rem; padding: 0 1rem; color: #1c2733; }
h2 { margin: 2.5rem 0 .3rem; font-size: 1.15rem; } h2 code { background: none; padding: 0; }
.method { display: inline-block; min-width: 3.2rem; color: #0b6b58; font-weight: 700; }
code, pre { font: .9rem ui-monospace, monospace; background: #f2f5f7; border-radius: 4px; }
code { padding: .1rem .3rem; } pre { padding: .7rem 1rem; overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0 1rem; } th { text-align: left; font-weight: 600; }
td, th { padding: .25rem 1.2rem .25rem 0; border-bottom: 1px solid #dde4ea; vertical-align: top; }
@media (prefers-color-scheme: dark) {
  body { background: #12181f; color: #dbe4ec; } code, pre { background: #1d2731; }
  td, th { border-color: #2b3742; } .method { color: #58c9ae; } a { color: #7fb7ff; }
}
"""


def page_of(schema: Mapping[str, Any]) -> str:
    """The page of an OpenAPI schema."""
    title = f"{escape(schema['info']['title'])} {escape(schema['info']['version'])}"
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: HTTP API</title>',
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>',
        f"<h1>{title}: HTTP API</h1>",
        '<p>The schemas of all requests and replies stand in <a href="openapi.json">openapi.json</a>. '
        'Every error is <code>{"error": "one line"}</code>:</p>',
        *_errors(schema["paths"]),
    ]
    for path, methods in schema["paths"].items():
        for method, asked in methods.items():
            parts += _request(path, method.upper(), asked, schema["components"]["schemas"])
    return "".join([*parts, "</body></html>"])


def _request(path: str, method: str, asked: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    yield f'<h2><span class="method">{method}</span> <code>{escape(path)}</code></h2>'
    yield f"<p>{escape(' '.join(asked.get('description', '').split()))}</p>"
    rows = [(p["name"], _kind(p["schema"]), p.get("required", False), p["schema"]) for p in asked.get("parameters", ())]
    body = asked.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body is not None:
        form = schemas[body["$ref"].rpartition("/")[2]]
        required = form.get("required", [])
        rows += [(name, _kind(field), name in required, field) for name, field in form["properties"].items()]
    if rows:
        yield f"<table><tr><th>{'field' if body else 'parameter'}</th><th>form</th><th>meaning</th></tr>"
        for name, kind, needed, field in sorted(rows, key=lambda row: not row[2]):
            default = "needed" if needed else f"by default {field.get('default')!r}" if "default" in field else ""
            told = "; ".join(filter(None, (field.get("description", "").rstrip("."), default)))
            yield f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td><td>{escape(told)}</td></tr>"
        yield "</table>"
    yield f"<pre>{escape(_example(path, method, rows))}</pre>"


def _errors(paths: Mapping[str, Any]) -> Iterator[str]:
    """The codes of all errors with what they mean, said once."""
    told = {c: r["description"] for m in paths.values() for a in m.values() for c, r in a["responses"].items()}
    yield "<table>"
    for code, text in sorted(told.items()):
        if not code.startswith("2"):
            yield f"<tr><td><code>{escape(code)}</code></td><td>{escape(text)}</td></tr>"
    yield "</table>"


def _kind(field: Mapping[str, Any]) -> str:
    kind = str(field.get("type", "any"))
    return f"{kind} of {field['items'].get('type', 'any')}" if kind == "array" and "items" in field else kind


_SAMPLES = {
    "question": "What drugs treat gout?",
    "name": "gout",
    "query": "MATCH (d:Drug) RETURN d.name LIMIT 3",
}


def _example(path: str, method: str, rows: list[tuple[str, str, bool, Any]]) -> str:
    needed = {name: _SAMPLES.get(name, "...") for name, _, is_needed, _ in rows if is_needed}
    if path == "/search":
        needed["query"] = "statins and dementia"
    if method == "GET":
        query = "&".join(f"{name}={value}" for name, value in needed.items())
        return f"curl 'http://127.0.0.1:8765{path}{f'?{query}' if query else ''}'"
    fields = ", ".join(f'"{name}": "{value}"' for name, value in needed.items())
    return f"curl http://127.0.0.1:8765{path} -H 'content-type: application/json' -d '{{{fields}}}'"
