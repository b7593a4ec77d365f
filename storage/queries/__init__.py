"""Statements by noun; a unit runs them, bound to its trust."""
