"""Hypotheses: what is hidden stays hidden, shares add up, and each command says what it cannot do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from galenic.evaluation.repurposing import measured
from galenic.house import House
from galenic.hypotheses.errors import ModelMismatch, NoCandidate, TooLittleKnown
from galenic.hypotheses.fitting import Recipe, fit, folds, without
from galenic.hypotheses.links import SAYS_THE_PAIR, informed, nearest, relations
from galenic.hypotheses.model import Model
from galenic.hypotheses.paths import explained
from galenic.hypotheses.ranking import Ranking
from galenic.hypotheses.signals import together
from galenic.hypotheses.table import COLUMNS
from galenic.settings import Settings
from kg.evidence.permitted import Permitted
from tests.galenic.test_cli import run

HETIONET = Permitted(frozenset(["hetionet"]))
DONEPEZIL, ALZHEIMER, METFORMIN, HYPERTENSION = (
    "DRUGBANK:DB00843",
    "DOID:10652",
    "DRUGBANK:DB00331",
    "DOID:10763",
)


@pytest.fixture(scope="module")
def opened(real_home: Path) -> Iterator[House]:
    """The real data."""
    house = House(Settings(home=real_home))
    yield house
    house.close()


@pytest.fixture(scope="module")
def ranking(opened: House, tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    """Hypotheses of the published protocol."""
    return Ranking(opened.topology, opened.release, tmp_path_factory.mktemp("models"), HETIONET)


def test_nothing_that_says_a_pair_is_walked_but_treatments_of_others() -> None:
    assert set(SAYS_THE_PAIR) & set(relations()) == {"treats"}


def test_the_signals_of_a_pair_do_not_change_with_its_own_record(ranking: Ranking) -> None:
    row, column = ranking.universe.drug(DONEPEZIL), ranking.universe.disease(ALZHEIMER)
    recorded, hidden = ranking.treats, ranking.without_record(DONEPEZIL, ALZHEIMER)
    assert recorded[row, column] == 1 and hidden[row, column] == 0 and recorded.nnz == hidden.nnz + 1
    at = {"drugs": np.array([row]), "diseases": np.array([column])}
    with_it, without_it = (
        {signal.name: matrix.sum() for signal, matrix in ranking.signals.of(of, **at)} for of in (recorded, hidden)
    )
    # Paths over other treatments of both are damped by how many these are, which counts this one; it is left out there.
    del with_it["treated together"], without_it["treated together"]
    assert with_it == pytest.approx(without_it)


def test_no_signal_walks_through_the_pair_itself(ranking: Ranking) -> None:
    # A drug and a disease of which the one record is that of the pair.
    treats = sparse.csr_matrix(([1.0], ([0], [0])), shape=ranking.treats.shape)
    for signal, matrix in ranking.signals.of(treats, np.array([0]), np.array([0])):
        if signal.family != "molecular":
            assert matrix.sum() == 0, signal.name


def test_folds_hide_whole_drugs_and_whole_diseases() -> None:
    drugs, diseases = folds((20, 30), "drug", 5, 1), folds((20, 30), "disease", 5, 1)
    assert (drugs == drugs[:, :1]).all() and (diseases == diseases[:1]).all()
    assert sorted(np.unique(drugs, return_counts=True)[1].tolist()) == [120] * 5
    treats = sparse.random(20, 30, 0.3, "csr", random_state=0)
    assert without(treats, drugs == 2)[drugs[:, 0] == 2].nnz == 0


def test_likeness_keeps_the_nearest_and_rare_things_say_more() -> None:
    profile = sparse.csr_matrix([[1, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 0]], dtype=float)
    weighted = informed(profile)
    # The first thing is everyone's, and says nothing.
    assert weighted[:, 0].sum() == pytest.approx(0, abs=1e-9) and weighted[[3]].sum() == pytest.approx(0, abs=1e-9)
    near = nearest(weighted @ weighted.T, 1)
    assert near[0, 1] == near[1, 0] == pytest.approx(1) and near.diagonal().sum() == 0
    assert near[[2]].nnz == 0


def test_drugs_treated_together_count_no_detour() -> None:
    treats = sparse.random(12, 9, 0.4, "csr", random_state=3)
    treats.data[:] = 1
    dense = treats.toarray()
    damp = np.maximum(dense.sum(1), 1)[:, None] ** -0.4 * dense * np.maximum(dense.sum(0), 1) ** -0.4
    expected = np.zeros(dense.shape)
    for c in range(12):
        for d in range(9):
            expected[c, d] = sum(
                damp[c, e] * damp[b, e] * damp[b, d] for e in range(9) if e != d for b in range(12) if b != c
            )
    assert together(treats).toarray() == pytest.approx(expected)
    assert together(treats, np.array([4]), np.array([2, 5])).toarray()[0] == pytest.approx(expected[4, [2, 5]])


def test_hidden_treatments_are_found_again(ranking: Ranking) -> None:
    found = measured(ranking)
    assert (found.drugs, found.diseases, found.rows[0].treatments) == (1537, 136, 755)
    pairs, drugs, diseases = found.rows
    assert pairs.auroc >= 0.98 and pairs.ap >= 0.45
    assert drugs.auroc >= 0.965 and drugs.ap >= 0.37
    assert diseases.auroc >= 0.91 and diseases.ap >= 0.15
    for row in found.rows:
        assert row.ap > max(row.plain[1], row.prior[1], row.knowing[1])
    assert found.tail.mrr >= 0.55 and found.tail.hits[10] >= 0.8


def test_shares_of_a_score_add_up_and_leave_the_pairs_own_record_out(ranking: Ranking) -> None:
    for drug, disease in ((DONEPEZIL, ALZHEIMER), (METFORMIN, HYPERTENSION)):
        found = explained(ranking, drug, disease, most=10**9)
        assert sum(c.share for c in found.chains) == pytest.approx(1, abs=1e-6)
        assert sum(value for *_, value in found.signals) == pytest.approx(found.score - found.start, abs=1e-6)
        assert [c.value for c in found.chains] == sorted((c.value for c in found.chains), reverse=True)
        for chain in found.chains:
            assert (chain.nodes[0], chain.nodes[-1]) == (drug, disease) and len(chain.links) == len(chain.nodes) - 1
            assert chain.links != ("treats",) and len(set(chain.nodes)) == len(chain.nodes)


def test_each_step_of_a_molecular_path_is_an_edge(ranking: Ranking, opened: House) -> None:
    chains = [c for c in explained(ranking, DONEPEZIL, ALZHEIMER).chains if c.family == "molecular"]
    assert chains and chains[0].links == ("binds", "associates")
    for start, relation, end in zip(chains[0].nodes, chains[0].links, chains[0].nodes[1:], strict=False):
        topology = opened.topology
        a, b = topology.index(start), topology.index(end)
        assert any(
            b in topology.neighbours(relation, way, np.array([a]))
            for way in ("out", "in")
            if _starts(opened, relation, way, a)
        )


def _starts(opened: House, relation: str, way: str, node: int) -> bool:
    block = opened.topology.block(relation, way)  # type: ignore[arg-type]
    return block.lo <= node < block.hi


def test_a_model_is_kept_and_one_of_another_release_is_refused(ranking: Ranking, tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    ranking.model.save(file)
    kept = Model.load(file, ranking.release.id, ("hetionet",))
    assert (
        kept.weights.weights.tolist() == ranking.model.weights.weights.tolist() and kept.unseen == ranking.model.unseen
    )
    with pytest.raises(ModelMismatch, match=r"another release or on other sources; delete .*model\.json"):
        Model.load(file, "sha256:other", ("hetionet",))
    with pytest.raises(ModelMismatch, match="on other sources"):
        Model.load(file, ranking.release.id, None)
    file.write_text("{", "utf-8")
    with pytest.raises(ModelMismatch, match="cannot be read"):
        Model.load(file, ranking.release.id, None)
    assert replace(kept, treatments=0).treatments == 0


def test_what_cannot_be_ranked_is_said(ranking: Ranking, house: House, tmp_path: Path) -> None:
    with pytest.raises(NoCandidate, match="DOID:0 is no disease that can be ranked"):
        ranking.of_disease("DOID:0")
    small = Ranking(house.topology, house.release, tmp_path, Permitted(frozenset(["hetionet"])))
    with pytest.raises(TooLittleKnown, match="at least 30 are needed"):
        fit(ranking.signals, ranking.treats, np.ones(ranking.treats.shape, bool), Recipe())
    assert small.universe.shape[0] < ranking.universe.shape[0]


def test_the_commands(real_home: Path, tmp_path: Path) -> None:
    at = ("--source", "hetionet")
    told = run(real_home, "rank", "--disease", "Alzheimer's disease", *at, "--top", "5", "--json")
    rows = json.loads(told.stdout)["pairs"]
    assert told.returncode == 0 and [r["rank"] for r in rows] == sorted(r["rank"] for r in rows) and len(rows) == 5
    novel = run(real_home, "rank", "--drug", "donepezil", *at, "--novel-only", "--json")
    assert not any(r["known"] for r in json.loads(novel.stdout)["pairs"])
    plain = run(real_home, "rank", "--disease", ALZHEIMER, *at).stdout
    assert "recorded as a treatment" in plain and "never that of working" in plain
    why = run(real_home, "explain", "donepezil", "Alzheimer's disease", *at)
    assert why.returncode == 0 and "Donepezil - binds - ACHE - associates - Alzheimer's disease" in why.stdout
    file = tmp_path / "pairs.tsv"
    file.write_text(f"donepezil\t{ALZHEIMER}\nzorbloxinib\tgout\nno tab\n", "utf-8")
    some = run(real_home, "rank", "--pairs", str(file), *at)
    assert some.returncode == 1 and "Donepezil" in some.stdout
    assert [line.split(": ")[1] for line in some.stderr.splitlines()] == [
        "no drug of this release is called 'zorbloxinib'; `galenic link` finds identifiers",
        "no tab between drug and disease",
    ]
    out = tmp_path / "all.parquet"
    assert run(real_home, "rank", "--all", "--out", str(out), *at).returncode == 0
    table = pl.read_parquet(out)
    assert table.columns == list(COLUMNS) and table.height == 1537 * 136 and int(table["known"].sum()) == 755
    for words, says in (
        (("rank",), "give one of"),
        (("rank", "--all"), "--all needs --out"),
        (("rank", "--disease", "zorblox"), "no disease of this release is called 'zorblox'"),
    ):
        done = run(real_home, *words)
        assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1
