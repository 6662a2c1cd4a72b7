"""Zonotopes: vertices, faces, measures, tilings, approximations, and the layers that make them."""
