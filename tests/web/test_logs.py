"""The log, told as it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.house import TWO, house_in, post, served, until, until_over

if TYPE_CHECKING:
    from pathlib import Path


async def test_new_lines_of_the_log_are_told_to_those_who_want_them(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with (
            served(house) as client,
            client.ws_connect("/ws?clientId=me") as mine,
            client.ws_connect("/ws?clientId=other") as other,
        ):
            book = house.services.logs
            book.write("before\n")
            for who in ("me", "gone"):
                wish = {"clientId": who, "enabled": True}
                await client.patch("/internal/logs/subscribe", json=wish)
            book.write("one\n")
            (*_, first) = await until(mine, "logs")
            assert [entry["m"] for entry in first["data"]["entries"]][-1] == "one\n"
            assert set(first["data"]["size"]) == {"cols", "rows"}
            book.write("two\n")
            book.write("three\n")
            (*_, second) = await until(mine, "logs")
            assert [entry["m"] for entry in second["data"]["entries"]] == ["two\n", "three\n"]
            assert book.listeners == {"me"}
            job = (await post(client, TWO, client_id="other"))["prompt_id"]
            assert not any(item["type"] == "logs" for item in await until_over(other, job))
