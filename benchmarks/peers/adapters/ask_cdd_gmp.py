"""Cddlib in rationals."""

import cdd
import cdd.gmp
from protocol import answer
from with_cdd import tasks

if __name__ == "__main__":
    answer(tasks(cdd.gmp))
