"""Faces of polyhedra, from incidences alone."""

from polytropic.geometry.faces.adjacency import facet_adjacency, graph, vertex_adjacency
from polytropic.geometry.faces.lattice import FaceLattice, face_lattice
from polytropic.geometry.faces.listing import (
    edges,
    f_vector,
    faces,
    faces_of_dimension,
    h_vector,
)

__all__ = [
    "FaceLattice",
    "edges",
    "f_vector",
    "face_lattice",
    "faces",
    "faces_of_dimension",
    "facet_adjacency",
    "graph",
    "h_vector",
    "vertex_adjacency",
]
