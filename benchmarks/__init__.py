"""Benchmarks that anyone can run: ``python -m benchmarks``, or one of them with ``--all``.

``python -m benchmarks.regions``, ``.zonotopes``, ``.hulls``
"""

import os

# One thread, before numpy is imported: the numbers are CPU seconds of one core.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
