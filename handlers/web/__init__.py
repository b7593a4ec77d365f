"""The pages: a door for people without a chat account, and the screenshots, in any browser."""
