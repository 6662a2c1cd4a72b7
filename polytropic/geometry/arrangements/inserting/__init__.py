"""Chambers of any arrangement: hyperplanes inserted one after the other."""
