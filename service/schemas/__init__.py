"""Shapes of files and answers that scripts hold on to."""
