"""How many examples laws try: few by default where each takes long, more with `make test-long`."""

import os


def tries(n_by_default, most=100):
    """Return how many examples a law tries: by default, and at most where more are asked for."""
    asked = os.environ.get("BANGKOM_TEST_EXAMPLES")
    return n_by_default if asked is None else min(int(asked), most)
