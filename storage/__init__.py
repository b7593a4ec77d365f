"""What is remembered; knows tables and transactions, and no rule, word or platform; imports nothing of ours."""
