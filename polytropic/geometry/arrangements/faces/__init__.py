"""Walls, faces, neighbours and interior points of listed chambers."""
