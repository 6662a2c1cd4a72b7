"""The only rooms that import cdd, scipy.spatial and scipy.optimize."""
