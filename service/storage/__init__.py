"""Tables, migrations and repositories on SQLite and PostgreSQL."""
