"""From concepts to diseases: what a mapping denies is never followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.crosswalks.diseases import DiseaseCrosswalk
from ingest.source import Inputs

HEAD = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\n"


def crosswalk(folder: Path, **files: str) -> DiseaseCrosswalk:
    paths = []
    for name, text in files.items():
        paths.append(folder / name.replace("__", "."))
        paths[-1].write_text(text, "utf-8")
    return DiseaseCrosswalk(Inputs(folder, tuple(paths)))


@pytest.mark.parametrize(("modifier", "found"), [("", "MONDO:9999901"), ("Not", None)])
def test_a_denied_mapping_finds_no_disease(tmp_path: Path, modifier: str, found: str | None) -> None:
    row = f"MONDO:9999901\tskos:exactMatch\t{modifier}\tUMLS:C9999901\n"
    assert crosswalk(tmp_path, mondo_exactmatch_umls__sssom__tsv=HEAD + row).disease("UMLS:C9999901") == found


@pytest.mark.parametrize(("modifier", "found"), [("", "DOID:9999901"), ("Not", "MONDO:9999901")])
def test_a_denied_mapping_leads_to_no_other_vocabulary(tmp_path: Path, modifier: str, found: str) -> None:
    rows = "MONDO:9999901\tskos:exactMatch\t\tUMLS:C9999901\n"
    rows += f"MONDO:9999901\tskos:exactMatch\t{modifier}\tDOID:9999901\n"
    assert crosswalk(tmp_path, mondo_exactmatch_doid__sssom__tsv=HEAD + rows).disease("UMLS:C9999901") == found
