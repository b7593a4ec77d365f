"""The tree of RFC 6962: leaf hashes, roots, and proofs that a log has only grown."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY_ROOT = sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """A tree's size and the roots of its full subtrees, largest first: enough to add a leaf."""

    size: int = 0
    frontier: tuple[bytes, ...] = ()

    def grown_by(self, leaf: bytes) -> "Head":
        roots, size = [*self.frontier, leaf], self.size
        while size & 1:
            right = roots.pop()
            roots[-1] = node_hash(roots[-1], right)
            size >>= 1
        return Head(self.size + 1, tuple(roots))

    def root(self) -> bytes:
        if not self.frontier:
            return EMPTY_ROOT
        *larger, root = self.frontier
        for left in reversed(larger):
            root = node_hash(left, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    middle = _split(len(leaves))
    return node_hash(root_of(leaves[:middle]), root_of(leaves[middle:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The sibling hashes from a leaf up to the root."""
    if len(leaves) <= 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion_proof(leaves[:middle], index), root_of(leaves[middle:])]
    return [*inclusion_proof(leaves[middle:], index - middle), root_of(leaves[:middle])]


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """The hashes that show that the tree of ``earlier`` leaves is the start of this one."""
    return _subproof(leaves, earlier, whole=True) if 0 < earlier < len(leaves) else []


def proves_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from this leaf, at this place, to this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or len(leaf) != len(EMPTY_ROOT):
        return False
    place, last, reached = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            reached = node_hash(sibling, reached)
            place, last = _past_left_edge(place, last)
        else:
            reached = node_hash(reached, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and reached == root


def proves_consistency(size: int, root: bytes, grown: int, grown_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of ``size`` is the start of the one it has ``grown`` to (RFC 9162, 2.1.4.2)."""
    if size == grown > 0:
        return not proof and root == grown_root
    # That the empty tree is the start of every other says nothing, so it proves nothing.
    if not 0 < size < grown or not proof:
        return False
    # A tree that is one full subtree is itself the first node of the proof.
    first, *rest = [root, *proof] if size & (size - 1) == 0 else proof
    place, last = _past_right_edge(size - 1, grown - 1)
    small = large = first
    for sibling in rest:
        if last == 0:
            return False
        if place & 1 or place == last:
            small, large = node_hash(sibling, small), node_hash(sibling, large)
            place, last = _past_left_edge(place, last)
        else:
            large = node_hash(large, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and small == root and large == grown_root


def _subproof(leaves: Sequence[bytes], earlier: int, *, whole: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if whole else [root_of(leaves)]
    middle = _split(len(leaves))
    if earlier <= middle:
        return [*_subproof(leaves[:middle], earlier, whole=whole), root_of(leaves[middle:])]
    return [*_subproof(leaves[middle:], earlier - middle, whole=False), root_of(leaves[:middle])]


def _past_right_edge(place: int, last: int) -> tuple[int, int]:
    """Climb while the node is a right child: up to there the smaller tree is full."""
    while place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _past_left_edge(place: int, last: int) -> tuple[int, int]:
    """Climb over the levels at which this node has no sibling on its left."""
    while not place & 1 and place:
        place, last = place >> 1, last >> 1
    return place, last


def _split(size: int) -> int:
    """The largest power of two smaller than the size."""
    return 1 << (size - 1).bit_length() - 1
