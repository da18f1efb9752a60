"""Every leaf's path leads to the root, as the verifier inside a pack walks it; no other leaf's does."""

import hashlib

import pytest

from archive.disposal.chain_proofs import paths
from archive.disposal.verify_bag import root_of
from archive.retention.anchoring import merkle_root


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 100])
def test_every_path_leads_to_the_root(size: int) -> None:
    leaves = [hashlib.sha256(str(at).encode()).digest() for at in range(size)]
    root = merkle_root(leaves).hex()
    for index, path in enumerate(paths(leaves, range(size))):
        told = [one.hex() for one in path]
        assert root_of(leaves[index].hex(), index, size, told) == root
        assert root_of(hashlib.sha256(b"x").hexdigest(), index, size, told) != root
        assert root_of(leaves[index].hex(), index, size, [*told, "00" * 32]) != root
