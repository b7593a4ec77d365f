"""Every form and card in Slack's own shapes: nothing that Slack would refuse is found by a teacher first."""

import blockkit_rules
import pytest
from every_word import CARDS, FORMS

from handlers.slack.cards import fallback
from handlers.slack.surface import card_blocks, card_view, form_view, home_view
from templates.shapes import Form


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.id} {form.title}")
def test_slack_takes_every_form(form: Form) -> None:
    assert blockkit_rules.problems(form_view(form), "modal") == []


@pytest.mark.parametrize("name", CARDS)
def test_slack_takes_every_card_in_a_window(name: str) -> None:
    assert blockkit_rules.problems(card_view(CARDS[name]), "modal") == []


@pytest.mark.parametrize("name", [name for name, card in CARDS.items() if not card.quotes])
def test_slack_takes_every_card_as_a_message(name: str) -> None:
    message = {"text": fallback(CARDS[name]), "blocks": card_blocks(CARDS[name])}
    assert blockkit_rules.problems(message, "message") == []


def test_slack_takes_the_home_page_with_many_reports_on_it() -> None:
    shown = [CARDS["home.welcome"], *[CARDS["home.case"]] * 12, *[CARDS["home.report"]] * 20]
    assert blockkit_rules.problems(home_view(shown), "home") == []
