"""The command line: thin, one verb per question."""
