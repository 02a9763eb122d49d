"""Statistics only: numbers and never people; sets one OpenMP thread before scikit-learn is imported."""

import os

# Several OpenMP threads on shared cores made fits about 100 times slower (scikit-learn issue 30662);
# parallelism is across processes. This line must run before any module imports scikit-learn.
os.environ.setdefault("OMP_NUM_THREADS", "1")
