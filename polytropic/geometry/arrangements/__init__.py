"""Hyperplane arrangements: chambers, faces, flats and their numbers, exactly.

A central arrangement is given by the rows of a matrix, the normals of its hyperplanes; an affine
one by the rows of its cone, with the hyperplane at infinity beside them.
"""
