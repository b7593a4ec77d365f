"""What may happen, and what follows: plain functions, a Unit first and values after, no awaiting."""
