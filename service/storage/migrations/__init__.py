"""Migrations from release to release."""
