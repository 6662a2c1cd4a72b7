"""Numbers of chambers, flats and faces, without listing chambers."""
