"""What can be learned, and what positions ask for."""
