"""Sealing of secrets at rest."""

import os
import tempfile
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.storage.database import StorageError

_FILE = "vault.key"


class Vault:
    """Seals with the newest key and unseals with any, so that the key itself can be rotated."""

    def __init__(self, keys: str, home: Path) -> None:
        self._keys = keys
        #: Where the keys are where the settings name none.
        self.key_file = home / _FILE
        # A sealed text always opens to the same secret, so remembering it can never be stale.
        self.unseal = lru_cache(maxsize=1024)(self._unseal)

    def seal(self, secret: str) -> str:
        """Encrypt a secret for storing."""
        return self._fernets()[0].encrypt(secret.encode()).decode()

    def reseal(self, sealed: str) -> str:
        """Return a sealed secret as the newest key seals it; the very same text where that key has sealed it."""
        try:
            self._fernets()[0].decrypt(sealed.encode())
        except InvalidToken:
            return self.seal(self.unseal(sealed))
        return sealed

    def _unseal(self, sealed: str) -> str:
        try:
            return MultiFernet(self._fernets()).decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise StorageError(
                "A stored secret cannot be unsealed with the vault's keys.",
                f"Put the key it was sealed with back into JIRA_REACTOR_KEYS or {self.key_file}, or connect anew.",
            ) from None

    def _fernets(self) -> list[Fernet]:
        keys = self._keys or _key_file(self.key_file)
        try:
            return [Fernet(key.strip()) for key in keys.split(",")]
        except ValueError:
            raise StorageError(
                "JIRA_REACTOR_KEYS, or the vault's key file, holds something that is no Fernet key.",
                "A key is 32 random bytes in URL-safe base64; several are separated by commas.",
            ) from None


def _key_file(path: Path) -> str:
    """Read the key file, making it on the first start, readable by its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # Linked into place whole: of two processes at a first start, one wins and the other reads the winner's key.
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text().strip()
