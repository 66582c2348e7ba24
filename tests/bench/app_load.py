"""Thirty readers of the site app at once: each opens a session and moves a lever every ten seconds.

    python -m tests.bench.app_load [--sessions 30] [--opened-over 300] [--moves 6] [--port 8866]

Against an app that runs already on the data of this checkout (``lucky app site_scoring --no-browser
--sessions 40 --pool 4``). A session here is what a browser's is: the page, its websocket, a comm message for
each lever; drawing is left out. Prints percentiles of lever to answer, errors, and the server's memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import time
import uuid

import psutil
import tornado.httpclient
import tornado.websocket

LEVERS = [
    ("outside", 0.5),
    ("jobs_share", 0.8),
    ("rent", 20_000),
    ("price", 1.1),
    ("decay", 1.4),
    ("radius", 0.6),
]


class Reader:
    """One session, spoken to as the page does."""

    def __init__(self, address: str):
        self.address, self.session = address, uuid.uuid4().hex

    async def open(self) -> float:
        """Seconds until the page with its first numbers was whole."""
        began = time.monotonic()
        client = tornado.httpclient.AsyncHTTPClient(max_clients=100)
        page = await client.fetch(self.address, request_timeout=120)
        text = page.body.decode()
        assert 'id="lucky-first"' in text, text[:500]
        self.kernel = re.search(r'"kernelId": ?"([0-9a-f-]+)"', text)[1]
        self.comm = re.search(r'"model_id": ?"([0-9a-f]+)"', text)[1]
        seconds = time.monotonic() - began
        url = (
            self.address.replace("http", "ws")
            + f"api/kernels/{self.kernel}/channels?session_id={self.session}"
        )
        self.socket = await tornado.websocket.websocket_connect(url)
        return seconds

    async def move(self, lever: str, value: float) -> float:
        """Seconds from a lever to its answer."""
        began, asked = time.monotonic(), uuid.uuid4().hex
        places = [["180 Varick", 40.7275, -74.0054], ["Grand Central", 40.7527, -73.9772]]
        body = {"scenario": {"candidates": places, "levers": {lever: value}}}
        content = {"method": "custom", "content": {"id": asked, "kind": "evaluate", "body": body}}
        header = {
            "msg_id": asked,
            "msg_type": "comm_msg",
            "session": self.session,
            "username": "",
            "version": "5.3",
        }
        message = {"header": header, "parent_header": {}, "metadata": {}, "channel": "shell", "buffers": []}
        await self.socket.write_message(
            json.dumps({**message, "content": {"comm_id": self.comm, "data": content}})
        )
        while True:
            said = json.loads(await asyncio.wait_for(self.socket.read_message(), 60))
            reply = said.get("content", {}).get("data", {})
            if said["header"]["msg_type"] == "comm_msg" and reply.get("content", {}).get("id") == asked:
                if "error" in reply["content"]:
                    raise RuntimeError(reply["content"]["error"])
                return time.monotonic() - began


async def sit(
    address: str, delay: float, moves: int, pause: float, opened: list, moved: list, failed: list
) -> None:
    await asyncio.sleep(delay)
    try:
        reader = Reader(address)
        opened.append(await reader.open())
        for number in range(moves):
            await asyncio.sleep(pause)
            moved.append(await reader.move(*LEVERS[number % len(LEVERS)]))
    except Exception as error:  # noqa: BLE001 - every failure is counted, whatever it is
        failed.append(f"{type(error).__name__}: {error}")


def memory_of_server(port: int) -> tuple[float, float, int]:
    """MiB held by the server and all kernels: shared pages once (PSS), their largest kernel, kernels."""
    owner = next(
        c.pid for c in psutil.net_connections("tcp") if c.status == "LISTEN" and c.laddr.port == port
    )
    family = [psutil.Process(owner), *psutil.Process(owner).children(recursive=True)]
    sizes = [process.memory_full_info().pss / 2**20 for process in family]
    return sum(sizes), max(sizes[1:], default=0.0), len(sizes) - 2


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--opened-over", type=float, default=300.0)
    parser.add_argument("--moves", type=int, default=30)
    parser.add_argument("--pause", type=float, default=10.0)
    parser.add_argument("--port", type=int, default=8866)
    asked = parser.parse_args()
    address = f"http://127.0.0.1:{asked.port}/"
    opened: list[float] = []
    moved: list[float] = []
    failed: list[str] = []
    step = asked.opened_over / asked.sessions
    readers = [
        sit(address, number * step, asked.moves, asked.pause, opened, moved, failed)
        for number in range(asked.sessions)
    ]
    busy = asyncio.gather(*readers)
    await asyncio.sleep(asked.opened_over + asked.pause)
    total, largest, kernels = memory_of_server(asked.port)
    await busy
    cuts = statistics.quantiles(moved, n=100)
    print(f"{asked.sessions} sessions over {asked.opened_over:g} s, {len(moved)} moves, {len(failed)} errors")
    print(f"page with its numbers: median {statistics.median(opened):.2f} s, slowest {max(opened):.2f} s")
    print(f"lever to answer: median {cuts[49]:.3f} s, 95 % {cuts[94]:.3f} s, slowest {max(moved):.3f} s")
    print(f"memory: {total:.0f} MiB, {kernels} kernels and the server; largest process {largest:.0f} MiB")
    for line in failed[:5]:
        print(line)


if __name__ == "__main__":
    asyncio.run(main())
