"""Files, meshes and pictures of polytopes; one format, one file."""
