"""People, gaps and choices."""
