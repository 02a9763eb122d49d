"""The planner's desk: plans and what they hold, imports, written titles, the budget, and everybody's catalogue."""
