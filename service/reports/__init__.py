"""The report a head of agency reads."""
