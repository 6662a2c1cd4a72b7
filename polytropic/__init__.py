"""Polytopes for the tropical geometry of neural networks."""

__version__ = "0.1.0"
