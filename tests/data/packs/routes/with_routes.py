"""A pack that adds routes and sends messages, in the ways that packs do."""

import asyncio
import os
from pathlib import Path

import folder_paths
from aiohttp import web
from server import PromptServer

routes = PromptServer.instance.routes


@routes.get("/with_routes/hello/{name}")
async def hello(request):
    PromptServer.instance.send_sync("with_routes.greeted", {"name": request.match_info["name"]})
    PromptServer.instance.send_progress_text("hello", "7")
    print("greeting", request.match_info["name"])
    return web.json_response({"hello": request.match_info["name"], "q": dict(request.query)})


@routes.post("/with_routes/sum")
async def total(request):
    await asyncio.sleep(0)
    return web.json_response(sum((await request.json())["numbers"]))


@routes.post("/with_routes/upload")
async def upload(request):
    form = await request.post()
    picture = form["picture"]
    return web.Response(text=f"{picture.filename} {len(picture.file.read())} {form['note']}")


@routes.get("/with_routes/file")
async def file(_request):
    return web.FileResponse(Path(__file__))


@routes.get("/with_routes/broken")
async def broken(_request):
    raise RuntimeError("the pack is wrong")


@routes.get("/with_routes/stream")
async def stream(request):
    response = web.StreamResponse()
    await response.prepare(request)
    for number in range(3):
        await response.write(f"{number}\n".encode())
    return response


@routes.get("/with_routes/echo")
async def echo(request):
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(f"{message.data}, {request.query['name']}")
    return socket


@routes.get("/with_routes/slow")
async def slow(_request):
    while not Path(folder_paths.get_input_directory(), "go").exists():
        await asyncio.sleep(0.02)
    return web.json_response("went")


@routes.post("/with_routes/die")
async def die(_request):
    os._exit(9)


@routes.get("/queue")
@routes.post("/prompt")
@routes.get("/view")
async def taken_over(_request):
    return web.json_response({"error": {"type": "taken over"}})


@routes.delete("/with_routes/thing")
async def delete(_request):
    raise web.HTTPForbidden(text="not that")


async def added(_request):
    return web.Response(text="added", headers={"X-Mine": "yes", "Set-Cookie": "a=b"})


PromptServer.instance.app.router.add_get("/with_routes/added", added)
PromptServer.instance.app.router.add_static("/with_routes/static", str(Path(__file__).parent))


class WithRoutes:
    RETURN_TYPES, FUNCTION, CATEGORY = ("INT",), "run", "x"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}}

    def run(self):
        return (1,)


NODE_CLASS_MAPPINGS = {"WithRoutes": WithRoutes}
