"""Text formats of polytopes, one file each; `polytropic.geometry.files` is the front door."""
