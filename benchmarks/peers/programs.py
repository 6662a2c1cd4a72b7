"""Who is asked, and what each of them can do."""

from dataclasses import dataclass
from pathlib import Path

ADAPTERS = Path(__file__).parent / "adapters"


@dataclass(frozen=True)
class Program:
    """A program with an adapter.

    Attributes
    ----------
    name : str
        For the tables.
    package : str
        What pip installs.
    module : str
        What is there once it is installed.
    script : str
        Its adapter.
    """

    name: str
    package: str
    module: str
    script: str

    @property
    def adapter(self) -> Path:
        return ADAPTERS / self.script


OURS = Program("polytropic", "polytropic", "polytropic", "ask_polytropic.py")
PEERS = (
    Program("regioncam", "regioncam", "regioncam", "ask_regioncam.py"),
    Program("affinitree", "affinitree", "affinitree", "ask_affinitree.py"),
    Program("relucent", "relucent", "relucent", "ask_relucent.py"),
    Program("shapely", "shapely", "shapely", "ask_shapely.py"),
    Program("Qhull", "scipy", "scipy", "ask_scipy.py"),
    Program("cdd", "pycddlib", "cdd", "ask_cdd.py"),
    Program("cdd.gmp", "pycddlib", "cdd.gmp", "ask_cdd_gmp.py"),
    Program("PPL", "pplpy", "ppl", "ask_ppl.py"),
    Program("normaliz", "PyNormaliz", "PyNormaliz", "ask_normaliz.py"),
    Program("tropix", "tropix", "tropix", "ask_tropix.py"),
)
