"""Durable jobs on leased tables: the queue, the worker, and what each kind of job does."""
