"""The only room that touches the world: files, database, terminal, pages and clock."""
