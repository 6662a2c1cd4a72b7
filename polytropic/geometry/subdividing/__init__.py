"""Cutting polyhedral complexes by functions that are linear on their cells, block by block."""
