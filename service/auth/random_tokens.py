"""Keys and session tokens: 256 random bits, known to the database by their digest alone."""

import base64
import hashlib
import hmac
import re
import secrets

RANDOM_BYTES = 32
_KEY = re.compile(r"bk_([a-z2-7]{10})_[A-Za-z0-9_-]{43}", re.ASCII)
_SESSION = re.compile(r"bs_[A-Za-z0-9_-]{43}", re.ASCII)
_CSRF = b"bangkom csrf"


def digest_of(text: str) -> str:
    """Return the SHA-256 of a random token; nothing slower is needed where nothing can be guessed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def same_digest(text: str, digest: str) -> bool:
    """Return whether a token is the one of a digest, in a time that does not tell how far they agree."""
    return hmac.compare_digest(digest_of(text), digest)


def new_key() -> tuple[str, str]:
    """Return a new key's id, by which it is looked up, and the key: ``bk_<id>_<secret>``."""
    short = base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10]
    return f"k-{short}", f"bk_{short}_{secrets.token_urlsafe(RANDOM_BYTES)}"


def key_id_of(key: str) -> str | None:
    """Return the id in a key; None for what has not the form of one."""
    found = _KEY.fullmatch(key)
    return f"k-{found[1]}" if found else None


def new_session_token() -> str:
    """Return a new session's token: ``bs_<secret>``, which no signed token can look like."""
    return f"bs_{secrets.token_urlsafe(RANDOM_BYTES)}"


def is_session_token(text: str) -> bool:
    """Return whether a text has the form of a session's token."""
    return _SESSION.fullmatch(text) is not None


def csrf_token(session: str) -> str:
    """Return the token that a form of a session carries; who does not know the session's own cannot make it.

    Examples
    --------
    >>> csrf_token("bs_a") == csrf_token("bs_a") != csrf_token("bs_b")
    True
    """
    made = hmac.digest(session.encode("utf-8", "surrogatepass"), _CSRF, "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def is_csrf_token(session: str, given: str) -> bool:
    """Return whether a form's token is the one of the session."""
    return hmac.compare_digest(csrf_token(session).encode(), given.encode("utf-8", "surrogatepass"))
