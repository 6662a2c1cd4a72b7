"""Chambers in general position: a sweep over lines."""
