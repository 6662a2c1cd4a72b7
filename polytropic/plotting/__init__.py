"""Draws what it is given; computes no geometry."""
