"""Seals what is too large to hold in memory, piece by piece as it comes."""

import secrets

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM


class Sealing:
    """One value on its way: ``head``, the pieces and the end, one after the other, are what the vault's seal gives."""

    def __init__(self, version: int, key: bytes, bound_to: bytes) -> None:
        nonce = secrets.token_bytes(12)
        self.head = bytes([version]) + nonce
        self._cipher = Cipher(AES(key), GCM(nonce)).encryptor()
        self._cipher.authenticate_additional_data(bound_to)

    def add(self, piece: bytes) -> bytes:
        return self._cipher.update(piece)

    def end(self) -> bytes:
        """The last of it; without this nothing of the value ever opens."""
        return self._cipher.finalize() + self._cipher.tag
