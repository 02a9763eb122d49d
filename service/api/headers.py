"""Which answers are pages, and the headers that tell a browser what it may do with an answer."""

import re

LANGUAGE_COOKIE = "bangkom_lang"
_NO_PAGES = re.compile(r"/(api|health|metrics|openapi\.json|docs|auth|schema)(/|$)")
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
CSP = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
DOCS_CSP = (
    b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)  # the page of the documentation has script and style inside
PAGE_CSP = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    b"frame-ancestors 'none'; base-uri 'none'"
)


def is_page(path: str) -> bool:
    """Tell whether a path is one of the portal's, which browsers open.

    Examples
    --------
    >>> is_page("/"), is_page("/plans"), is_page("/api/v1/plans"), is_page("/apiary"), is_page("/docs")
    (True, True, False, True, False)
    """
    return _NO_PAGES.match(path) is None


def csp_of(path: str) -> bytes:
    """Return what a browser may load for an answer."""
    if is_page(path):
        return PAGE_CSP
    return DOCS_CSP if path.startswith("/docs") else CSP
