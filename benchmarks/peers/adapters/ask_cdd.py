"""Cddlib in floats."""

import cdd
from protocol import answer
from with_cdd import tasks

if __name__ == "__main__":
    answer(tasks(cdd))
