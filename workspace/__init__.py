"""A small chat workspace in a web page that stands in for Slack; as far as the bot can tell, it is Slack."""
