"""Microsoft Teams: who knocks, what they did, how it looks there, and what goes out."""
