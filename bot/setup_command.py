"""`lanyard setup`: the school set up step by step, in the chat that it uses."""

from enum import StrEnum
from typing import Annotated

import typer


class Chat(StrEnum):
    """The chats that a school can be set up in."""

    SLACK = "slack"
    TEAMS = "teams"


def setup(chat: Annotated[Chat, typer.Argument(help="Where staff are to report.")] = Chat.SLACK) -> None:
    """Set a school up, asked step by step: app, key, mail, policy, people; then try it with a practice report.

    Beside the .env of a school that is set up, "teams" adds Microsoft Teams to it.
    """
    from bot.setting_up.wizard import set_up

    raise typer.Exit(set_up(teams=chat is Chat.TEAMS))
