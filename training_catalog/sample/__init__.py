"""The demo city's catalogue: units, competencies, positions and trainings, written by hand."""
