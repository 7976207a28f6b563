"""A release on disk: opening it, checking it, and finding the one that serves."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from kg.errors import ReleaseError, ReleaseMismatch
from kg.release.seals import file_sha256

FORMAT = "galenic.release/6"
TABLES = (
    "nodes",
    "edges",
    "evidence",
    "coverage",
    "values",
    "passages",
    "citations",
    "aliases",
    "mechanisms",
    "merges",
    "quarantine",
)
_ROW_GROUP = 131_072


@dataclass(frozen=True)
class Release:
    """A release folder: Parquet tables and a manifest.

    Open one with `Release.open(folder)`; it raises `ReleaseError` when the folder
    is no release, is broken, or was made by another version.
    """

    folder: Path
    manifest: Mapping[str, Any]

    @classmethod
    def open(cls, folder: Path) -> Release:
        """Read the manifest and check that every table is there."""
        file = folder / "manifest.json"
        try:
            manifest = json.loads(file.read_text("utf-8"))
        except FileNotFoundError:
            raise ReleaseError(f"{folder} is no release (no manifest.json); run `galenic build`") from None
        except ValueError as problem:
            raise ReleaseError(f"{file} is broken ({problem}); run `galenic build` to make it again") from problem
        if manifest.get("format") != FORMAT:
            raise ReleaseError(
                f"{folder} was made by another version ({manifest.get('format')!r}, this one reads {FORMAT!r}); run "
                "`galenic build`"
            )
        missing = [t for t in TABLES if not (folder / f"{t}.parquet").exists()]
        if missing:
            raise ReleaseError(f"{folder} lacks {', '.join(missing)}; run `galenic build` to make it again")
        release = cls(folder, manifest)
        try:
            for table in TABLES:
                release._refuse_cut(table)
        except (KeyError, TypeError):
            raise ReleaseError(f"{file} is broken; run `galenic build` to make it again") from None
        return release

    def _refuse_cut(self, table: str) -> None:
        """Raise `ReleaseError` for a table of another size than the manifest says."""
        path, size = self.folder / f"{table}.parquet", self.manifest["tables"][table]["bytes"]
        if path.stat().st_size != size:
            raise ReleaseError(
                f"{path} is damaged: it has {path.stat().st_size:,} bytes instead of {size:,}; run `galenic build` to "
                "make it again"
            )

    @property
    def id(self) -> str:
        """The hash of the content, `sha256:...`."""
        return str(self.manifest["id"])

    def scan(self, table: str) -> pl.LazyFrame:
        """One table, lazily."""
        return pl.scan_parquet(self.folder / f"{table}.parquet")

    def read(self, table: str, columns: list[str] | None = None) -> pl.DataFrame:
        """One table, or some of its columns, in memory."""
        return pl.read_parquet(self.folder / f"{table}.parquet", columns=columns)

    @cached_property
    def sources(self) -> Mapping[str, Mapping[str, Any]]:
        """What the manifest says of each source, by name."""
        return {s["name"]: s for s in self.manifest["sources"]}

    @property
    def titles(self) -> Mapping[str, str]:
        """What each source is called by those who publish it, by the name it has here; of several of one title all but
        the first say both.
        """
        titles: dict[str, str] = {}
        for name, source in self.sources.items():
            title = str(source["title"])
            titles[name] = f"{title} ({name})" if title in titles.values() else title
        return titles

    def retracted(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of some citations that are retracted; looked up once for the whole release."""
        return self._retracted.intersection(ids)

    @cached_property
    def _retracted(self) -> frozenset[str]:
        return frozenset(self.scan("citations").filter("retracted").select("id").collect()["id"])

    def names_of(self, identifier: str) -> tuple[str, ...]:
        """The names of a node, its own first, without those that are another node's own; none for an identifier that
        the release lacks.
        """
        rows = self.scan("nodes").filter(pl.col("id") == identifier).select("name", "synonyms").collect()
        named = [(first, [o.partition("\t")[0] for o in others]) for first, others in rows.iter_rows()]
        spelled = {o.lower() for _, others in named for o in others}
        own = self.scan("nodes").filter(pl.col("name").str.to_lowercase().is_in(spelled) & (pl.col("id") != identifier))
        taken = {name.lower() for name in own.select("name").collect()["name"]} if spelled else set()
        return tuple(n for first, others in named for n in (first, *(o for o in others if o.lower() not in taken)))

    def names_of_each(self, identifiers: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """All names of some nodes, looked up at once: its own first, the others as they are kept, with their scope."""
        rows = (
            self.scan("nodes").filter(pl.col("id").is_in(list(identifiers))).select("id", "name", "synonyms").collect()
        )
        return {identifier: (name, *others) for identifier, name, others in rows.iter_rows()}

    def verify(self) -> None:
        """Hash the tables again; raises `ReleaseError` when one has changed."""
        for table in TABLES:
            if file_sha256(self.folder / f"{table}.parquet") != self.manifest["tables"][table]["sha256"]:
                raise ReleaseError(
                    f"{self.folder / table}.parquet is damaged: it was changed since it was written; run `galenic "
                    "build` to make it again"
                )

    def refuse_other(self, what: str, release_id: str | None) -> None:
        """Raise `ReleaseMismatch` when something was built from another release."""
        if release_id != self.id:
            raise ReleaseMismatch(
                f"the {what} belongs to release {str(release_id)[:19]}, this is {self.id[:19]}; run `galenic build`"
            )


def short(release_id: str) -> str:
    """The first 16 hex digits of a release's id: the name of its folders.

    >>> short("sha256:0123456789abcdef0123")
    '0123456789abcdef'
    """
    return release_id.removeprefix("sha256:")[:16]


def write_release(folder: Path, tables: Mapping[str, pl.DataFrame], facts: Mapping[str, Any]) -> Release:
    """Write tables and manifest into an empty folder; the id is the hash of the tables' content."""
    folder.mkdir(parents=True)
    described: dict[str, dict[str, Any]] = {}
    for name in TABLES:
        path = folder / f"{name}.parquet"
        tables[name].rechunk().write_parquet(path, compression="zstd", compression_level=3, row_group_size=_ROW_GROUP)
        described[name] = {"rows": len(tables[name]), "bytes": path.stat().st_size, "sha256": file_sha256(path)}
    identity = json.dumps([FORMAT, [(n, described[n]["sha256"]) for n in TABLES]])
    manifest = {"format": FORMAT, "id": f"sha256:{sha256(identity.encode()).hexdigest()}", "tables": described, **facts}
    file = folder / "manifest.json"
    file.write_text(json.dumps(manifest, indent=1, ensure_ascii=False), "utf-8")
    _flush(folder)
    return Release(folder, manifest)


def _flush(folder: Path) -> None:
    for path in (*folder.iterdir(), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class Shelf:
    """The releases in a home folder and the pointer to the one that serves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Release:
        """The release that serves; raises `ReleaseError` when there is none."""
        pointer = self.folder / "current"
        if not pointer.exists():
            raise ReleaseError(
                f"no release in {self.folder}; run `galenic build` (or `galenic build --data DIR` for your own data)"
            )
        return Release.open(self.folder / pointer.read_text("utf-8").strip())

    def names_current(self, release: Release) -> bool:
        """Whether the pointer names a release that is still there; far cheaper than opening it."""
        try:
            name = (self.folder / "current").read_text("utf-8").strip()
        except FileNotFoundError:
            return False
        return name == short(release.id) and (self.folder / name / "manifest.json").exists()

    def put(self, made: Release) -> Release:
        """Move a finished release to its place; it serves only once `serve` says so."""
        name = short(made.id)
        place = self.folder / name
        if place.exists():
            try:
                kept = Release.open(place)
                kept.verify()
            except ReleaseError:
                place.rename(self.folder / f".old-{name}-{os.getpid()}")
            else:
                if kept.manifest == made.manifest:
                    return kept
                place.rename(self.folder / f".old-{name}-{os.getpid()}")
        made.folder.rename(place)
        return Release.open(place)

    def serve(self, release: Release) -> None:
        """Let a release serve, in one step that a kill cannot halve."""
        pointer = self.folder / f".current.{os.getpid()}"
        pointer.write_text(release.folder.name, "utf-8")
        pointer.replace(self.folder / "current")

    def find(self, name: str) -> Release:
        """The release whose id starts with `name`; raises `ReleaseError` for none or several."""
        wanted = name.removeprefix("sha256:")[:16]
        matching = [n for n in self.names() if wanted and n.startswith(wanted)]
        if len(matching) != 1:
            raise ReleaseError(
                f"{len(matching)} releases are called {name!r}; `galenic releases` lists them: "
                f"{', '.join(self.names()) or 'none'}"
            )
        return Release.open(self.folder / matching[0])

    def with_input(self, key: str) -> Release | None:
        """The newest whole release that was made from this input, or None."""
        for name in self.names():
            try:
                release = Release.open(self.folder / name)
                if release.manifest.get("input_key") == key:
                    release.verify()
                    return release
            except ReleaseError:
                continue
        return None

    def names(self) -> list[str]:
        """Releases on the shelf, newest first."""
        if not self.folder.is_dir():
            return []
        folders = [p for p in self.folder.iterdir() if (p / "manifest.json").exists() and not p.name.startswith(".")]
        return [p.name for p in sorted(folders, key=lambda p: -p.stat().st_mtime)]
