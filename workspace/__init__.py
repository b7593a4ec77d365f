"""A small Slack and a small Microsoft Teams in a web page, one school in both; the bot cannot tell the difference."""
