"""Who attends which class, within every limit, and the recount that checks it."""
