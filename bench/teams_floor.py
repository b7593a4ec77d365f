"""The floor under Teams: Microsoft's SDK alone, with its own server adapter and its own check of the token."""

import logging
import os
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.applications import Starlette

from bench.floor import Ground, serve
from workspace.teams.tenant import APP, TENANT

os.environ["PYTHON_DOTENV_DISABLED"] = "1"
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of a part that nobody uses here
    from microsoft_teams.api.auth.cloud_environment import PUBLIC, with_overrides
    from microsoft_teams.apps import App
    from microsoft_teams.apps.http import FastAPIAdapter

CARD = "application/vnd.microsoft.card.adaptive"


def bare(fast: FastAPI, ground: Ground) -> App:
    """A dialog that opens, and a step of it that is kept."""
    shown = dict(ground.sample.view)
    opening, receipt = dialog(shown), dialog({**shown, "body": shown["body"][:3], "actions": []})
    cloud = with_overrides(PUBLIC, openid_metadata_url=f"{ground.chat}/v1/.well-known/openidconfiguration")
    app = App(
        client_id=APP,
        tenant_id=TENANT,
        token=no_token,
        cloud=cloud,
        http_server_adapter=FastAPIAdapter(fast),
        messaging_endpoint="/teams/api/messages",
    )

    @app.on_message_ext_open
    async def asked(_: Any) -> Any:
        return opening

    @app.on_message_ext_submit
    async def submitted(_: Any) -> Any:
        await ground.commit()
        return receipt

    return app


def dialog(card: dict[str, Any]) -> dict[str, Any]:
    held = {"contentType": CARD, "content": card}
    return {"task": {"type": "continue", "value": {"title": "A report", "height": "large", "card": held}}}


async def no_token(*_: Any) -> str:
    """It says nothing by itself."""
    return "-"


def floor(ground: Ground) -> Starlette:
    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        await bot.initialize()
        yield

    app = FastAPI(lifespan=living)
    bot = bare(app, ground)
    logging.getLogger("microsoft_teams").setLevel(logging.ERROR)
    return app


if __name__ == "__main__":
    serve(floor)
