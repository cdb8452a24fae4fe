"""Puts the server together: every route twice, at the root and below `/api`, behind one gate."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from web import (
    completion_routes,
    draft_routes,
    editor_routes,
    history_routes,
    job_routes,
    model_routes,
    object_info_routes,
    pack_routes,
    page_routes,
    prompt_routes,
    queue_routes,
    settings_routes,
    sign_in_routes,
    socket_routes,
    system_routes,
    upload_routes,
    userdata_routes,
    value_routes,
    view_routes,
)
from web.bodies import LIMITS
from web.catalogue import OBJECT_INFO, ObjectInfo
from web.declared.openapi import document
from web.encoded import Encoded
from web.guards.gate import DOORKEEPER, FALLBACK, OPEN, SECURITY, Fallback, gate
from web.guards.tokens import Doorkeeper
from web.hub import HUB, Hub
from web.jobs import JOBS, Jobs
from web.log_teller import LogTeller
from web.pack_proxy import PackProxy
from web.page_routes import OPENAPI
from web.pictures import STUDIO, Studio
from web.services import SERVICES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from web.declared.route import Route
    from web.services import Services

PREFIX = "/api"
ROUTES: tuple[Route, ...] = (
    editor_routes.editor,
    editor_routes.editor_file,
    page_routes.docs,
    page_routes.openapi,
    page_routes.page_file,
    sign_in_routes.sign_in_page,
    sign_in_routes.sign_in,
    view_routes.view,
    upload_routes.upload_image,
    upload_routes.upload_mask,
    model_routes.model_folders,
    model_routes.models_of,
    model_routes.embeddings,
    model_routes.view_metadata,
    model_routes.model_places,
    model_routes.model_files,
    model_routes.model_preview,
    object_info_routes.object_info,
    object_info_routes.node_info,
    system_routes.system_stats,
    system_routes.features,
    system_routes.logs,
    system_routes.raw_logs,
    system_routes.subscribe_logs,
    system_routes.folder_paths,
    system_routes.folder_files,
    pack_routes.extensions,
    pack_routes.extension_file,
    pack_routes.workflow_templates,
    pack_routes.workflow_template,
    pack_routes.translations,
    settings_routes.users,
    settings_routes.add_user,
    settings_routes.settings,
    settings_routes.setting,
    settings_routes.set_settings,
    settings_routes.set_setting,
    draft_routes.drafts,
    draft_routes.draft,
    draft_routes.keep_draft,
    draft_routes.drop_draft,
    userdata_routes.list_files,
    userdata_routes.list_tree,
    userdata_routes.read_file,
    userdata_routes.write_file,
    userdata_routes.delete_file,
    userdata_routes.move_file,
    completion_routes.completions,
)
JOB_ROUTES: tuple[Route, ...] = (
    prompt_routes.prompt_info,
    prompt_routes.send_prompt,
    prompt_routes.plan,
    value_routes.value,
    queue_routes.queue,
    queue_routes.change_queue,
    queue_routes.interrupt,
    queue_routes.free,
    queue_routes.queue_state,
    queue_routes.pause_queue,
    queue_routes.resume_queue,
    queue_routes.move_job,
    history_routes.history,
    history_routes.history_of,
    history_routes.change_history,
    job_routes.list_jobs,
    job_routes.one_job,
    job_routes.cancel_job,
    socket_routes.events_by_socket,
    socket_routes.events_by_stream,
)


def make_application(
    services: Services, jobs: Jobs | None = None, more: Iterable[Route] = ()
) -> web.Application:
    """Return the server's application.

    Args:
        services: What the routes need.
        jobs: What those about jobs need; without it there are none.
        more: Routes besides those that every server has.
    """
    routes = (*ROUTES, *(JOB_ROUTES if jobs else ()), *more)
    app = web.Application(middlewares=[gate], client_max_size=services.limits.upload)
    app[SERVICES] = services
    app[LIMITS] = services.limits
    app[SECURITY] = services.security
    app[DOORKEEPER] = Doorkeeper(services.security.token)
    app[editor_routes.FILES] = editor_routes.EditorFiles()
    app[OBJECT_INFO] = ObjectInfo(services.catalogue)
    app[STUDIO] = Studio(services.limits.pixels)
    app[OPEN] = frozenset(_open_paths(routes))
    app[OPENAPI] = Encoded.json(document(routes, services.version))
    if jobs is not None:
        app[JOBS] = jobs
        packs = PackProxy(jobs.pack_routes, jobs.pack_door)
        fallback: Fallback = packs
        app[FALLBACK] = fallback
        app.cleanup_ctx.append(_hub)
        app.on_shutdown.append(_let_clients_go)
        app.on_shutdown.append(lambda _: packs.close())
    for route in routes:
        _add(app.router, route)
    return app


async def _let_clients_go(app: web.Application) -> None:
    """Close what would stay open for ever, before requests are waited for."""
    app[HUB].close()


async def _hub(app: web.Application) -> AsyncIterator[None]:
    """Have a hub while the server runs."""
    jobs = app[JOBS]
    hub = app[HUB] = Hub(jobs.bus, lambda: sum(jobs.queue.counts), jobs.worker.want_previews)
    teller = LogTeller(app[SERVICES].logs, hub)
    tasks = [asyncio.create_task(work) for work in (hub.work(), teller.work())]
    yield
    hub.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _add(router: web.UrlDispatcher, route: Route) -> None:
    served = route.served()
    for prefix in ("", PREFIX) if route.mirrored else ("",):
        if route.method == "GET":
            router.add_get(prefix + route.path, served)
        else:
            router.add_route(route.method, prefix + route.path, served)


def _open_paths(routes: Iterable[Route]) -> Iterable[str]:
    """The paths that a browser needs before it has a token; all are constant or the pages'."""
    for route in routes:
        if not route.private:
            names = page_routes.names() if route.places else ("",)
            yield from (route.path.replace("{name}", name) for name in names)
