"""Decision boundaries of networks as polyhedral complexes, through their activation regions."""

from polytropic.networks.boundaries.argmax import ArgmaxBoundary, argmax_boundary
from polytropic.networks.boundaries.around import nearest_boundary_point
from polytropic.networks.boundaries.face_complexes import FaceComplex
from polytropic.networks.boundaries.nearest import NearestPoint
from polytropic.networks.boundaries.threshold import BoundaryComplex, boundary_complex

__all__ = [
    "ArgmaxBoundary",
    "BoundaryComplex",
    "FaceComplex",
    "NearestPoint",
    "argmax_boundary",
    "boundary_complex",
    "nearest_boundary_point",
]
