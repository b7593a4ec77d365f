"""A small Microsoft Teams beside the chat: as far as the bot can tell, it is Teams."""
