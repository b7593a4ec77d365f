"""The ledger's tree is RFC 6962's: it agrees with the published vectors and with the plain definition."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import merkle
from storage.merkle import EMPTY_ROOT, Head, leaf_hash, root_of

VECTORS = json.loads((Path(__file__).parent / "vectors" / "rfc6962.json").read_text())
LEAVES = [leaf_hash(str(n).encode()) for n in range(70)]


def decoded(hashes: list[str] | None) -> list[bytes]:
    return [base64.b64decode(text) for text in hashes or []]


@pytest.mark.parametrize("vector", VECTORS["inclusion"].values(), ids=VECTORS["inclusion"])
def test_inclusion_vectors(vector: dict[str, Any]) -> None:
    leaf, root = decoded([vector["leafHash"] or "", vector["root"] or ""])
    proof = decoded(vector["proof"])
    proven = merkle.proves_inclusion(leaf, vector["leafIdx"], vector["treeSize"], proof, root)
    assert proven is not vector["wantErr"]


@pytest.mark.parametrize("vector", VECTORS["consistency"].values(), ids=VECTORS["consistency"])
def test_consistency_vectors(vector: dict[str, Any]) -> None:
    earlier, later = decoded([vector["root1"] or "", vector["root2"] or ""])
    proof = decoded(vector["proof"])
    proven = merkle.proves_consistency(vector["size1"], earlier, vector["size2"], later, proof)
    assert proven is not vector["wantErr"]


def test_the_empty_tree_and_the_tree_of_one_have_the_roots_of_the_standard() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_a_tree_grown_leaf_by_leaf_has_the_root_of_its_definition() -> None:
    head = Head()
    for size, leaf in enumerate(LEAVES, start=1):
        head = head.grown_by(leaf)
        assert (head.size, head.root()) == (size, root_of(LEAVES[:size]))
        assert len(head.frontier) == size.bit_count()


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proven_in_every_tree_and_in_no_other_place(size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    root, proof = root_of(LEAVES[:size]), merkle.inclusion_proof(LEAVES[:size], index)
    assert merkle.proves_inclusion(LEAVES[index], index, size, proof, root)
    assert merkle.proves_inclusion(LEAVES[index], other, size, proof, root) is (index == other)
    assert merkle.proves_inclusion(LEAVES[other], index, size, proof, root) is (index == other)


@given(st.integers(1, 70), st.data())
def test_every_tree_is_proven_to_be_the_start_of_every_larger_one(size: int, data: st.DataObject) -> None:
    earlier = data.draw(st.integers(1, size))
    old, new = root_of(LEAVES[:earlier]), root_of(LEAVES[:size])
    proof = merkle.consistency_proof(LEAVES[:size], earlier)
    assert merkle.proves_consistency(earlier, old, size, new, proof)
    edited = root_of([leaf_hash(b"edited"), *LEAVES[1:earlier]])
    assert not merkle.proves_consistency(earlier, edited, size, new, proof)
