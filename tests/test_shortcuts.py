"""The other doors of Slack: the lightning menu, and the menu of a message that somebody is worried about."""

from tests.townspeople import actions, asks, words
from tests.world import World, until
from workspace.refusal import SlackError


def test_the_lightning_menu_opens_the_form_that_the_command_opens(school: World) -> None:
    typed = school.teacher.types()
    chosen = school.teacher.chooses("report")
    assert words(chosen["blocks"]) == words(typed["blocks"])
    assert chosen["callback_id"] == "start"
    form = school.teacher.sends(chosen, about="head_concern", danger="no")
    assert asks(form)
    assert not form["errors"]


def test_a_report_begun_before_is_offered_above_the_lightning_menus_form(school: World) -> None:
    school.teacher.sends(school.teacher.types(), about="reputation", danger="no")
    school.teacher.chooses("report")
    until(lambda: actions(school.teacher.modal()), "the offer")
    assert {"resume", "discard"} <= set(actions(school.teacher.modal()))


def test_a_shortcut_that_opens_nothing_brings_the_telephone_numbers(school: World) -> None:
    def refuse(moment: str, about: object) -> None:
        if moment == "views.open:received":
            raise SlackError("internal_error")

    school.workspace.on_call.append(refuse)
    school.teacher.shuts()
    school.teacher.does("shortcut", callback_id="report")
    school.answered()
    until(school.teacher.messages, "a word from the bot")
    assert "01632 960" in words(school.teacher.messages()[-1])
    assert school.teacher.sees()["modals"] == []
