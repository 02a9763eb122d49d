"""Passwords of local accounts: argon2id, and what a new one must be."""

import secrets
import threading
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from training_catalog.errors import InputError

SHORTEST, LONGEST = 12, 1024  # characters
AT_ONCE = 2  # verifications of one process; each takes 64 MiB of memory and several threads


class Passwords:
    """Hashing and checking, a few at a time.

    Parameters
    ----------
    hasher : The library's, with its defaults.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self.hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    @cached_property
    def of_nobody(self) -> str:
        """The hash that a name which nobody has is checked against."""
        return self.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """Return a password's hash with its parameters."""
        with self._turns:
            return self.hasher.hash(_bytes(password))

    def is_right(self, password: str, stored: str | None) -> bool:
        """Return whether a password is the stored one; where there is none it takes as long, and it is not."""
        if len(password) > LONGEST:
            return False
        checked = stored or self.of_nobody
        with self._turns:
            try:
                right = self.hasher.verify(checked, _bytes(password))
            except (Argon2Error, InvalidHashError):
                return False
        return right and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Return whether a hash was made with other parameters than those of now."""
        return self.hasher.check_needs_rehash(stored)


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def check_new_password(password: str, name: str, employee: str | None, before: str | None = None) -> None:
    """Refuse a password that is too short, too long, the one before, or the name or number of its owner.

    Raises
    ------
    InputError
        Without the password.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError("the password must have {shortest} to {longest} characters; it has {found}",
                         shortest=SHORTEST, longest=LONGEST, found=len(password))  # fmt: skip
    if password.strip().casefold() in {name.casefold(), (employee or name).casefold()}:
        raise InputError("the password must not be the name or the staff number of its owner")
    if password == before:
        raise InputError("the new password must differ from the one before")


def new_password() -> str:
    """Return a random password to be shown once."""
    return secrets.token_urlsafe(15)
