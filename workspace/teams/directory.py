"""The directory as Graph tells it: who somebody is, and whose an address is."""

from __future__ import annotations

import re

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workspace.refusal import Json
from workspace.teams.asked import failed
from workspace.teams.tenant import Tenant


async def user(tenant: Tenant, request: Request) -> Response:
    found = tenant.everybody().get(request.path_params["id"])
    return JSONResponse(found) if found else failed(404, "Request_ResourceNotFound")


async def users(tenant: Tenant, request: Request) -> Response:
    """Page after page, as many at once as the tenant has on a page."""
    asked = re.fullmatch(r"(mail|userPrincipalName) eq '(.*)'", request.query_params.get("$filter", ""))
    if not asked:
        return failed(400, "BadRequest")
    name, wanted = asked[1], asked[2].replace("''", "'").lower()
    found = [one for one in tenant.everybody().values() if str(one[name]).lower() == wanted]
    skip, size = int(request.query_params.get("$skiptoken", 0)), tenant.page_size
    page: Json = {"value": found[skip : skip + size]}
    if len(found) > skip + size:
        params = httpx.QueryParams({**request.query_params, "$skiptoken": skip + size})
        page["@odata.nextLink"] = f"{tenant.url}/graph/v1.0/users?{params}"
    return JSONResponse(page)
