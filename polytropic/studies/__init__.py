"""One paper, one file; studies never import each other."""
