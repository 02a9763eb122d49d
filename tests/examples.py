"""How many examples laws try: few by default where each takes long, and as many as `make test-long` sets."""

import os


def tries(n_by_default):
    """Return how many examples a law tries."""
    return int(os.environ.get("BANGKOM_TEST_EXAMPLES", n_by_default))
