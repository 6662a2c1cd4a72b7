"""Polytopes, zonotopes, arrangements and polyhedral complexes."""
