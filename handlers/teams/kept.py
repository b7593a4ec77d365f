"""A submission that was kept because something stopped it: read once more, as it came."""

from handlers.reading import Unreadable, strictly
from handlers.teams.entrance import inner
from handlers.teams.people import address_of
from handlers.teams.surface import answers_from, sent_form
from templates.shapes import Answers
from workflows.people import Who


def submission(raw: str, tenant: str) -> tuple[str, str, Answers, Who] | None:
    """Step, token, answers and sender of an activity that the gate had let in; none for another platform's."""
    try:
        body = strictly(raw)
    except Unreadable:
        return None
    if not isinstance(body, dict) or body.get("channelId") != "msteams":
        return None
    data = inner(inner(body, "value"), "data")
    form = sent_form(data)
    if form is None:
        raise LookupError
    return form.id, form.token, answers_from(form, data), Who("teams", tenant.lower(), address_of(body))
