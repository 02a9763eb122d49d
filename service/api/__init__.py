"""The HTTP API: one module a noun, each handler decodes, calls one use case, and encodes."""
