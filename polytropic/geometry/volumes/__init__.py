"""Volumes, centroids, triangulations and mixed volumes of polytopes."""
