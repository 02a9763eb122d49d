"""The demo city's people and their past, with planted truth."""
