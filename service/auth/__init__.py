"""Who is calling: people, sessions, API keys and tokens of an identity provider; knows no HTTP framework."""
