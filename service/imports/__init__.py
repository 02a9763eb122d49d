"""Bytes to cells to rows to tables, with a report on every row."""
