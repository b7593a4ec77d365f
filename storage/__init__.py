"""What is remembered; knows tables and transactions, but no rule, word or platform."""
