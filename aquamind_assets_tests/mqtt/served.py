"""A real MQTT broker in a process of its own, killed and started again at the same port, and a listener to it."""

import json
import socket
from types import TracebackType
from typing import Any, Self

import iotcore
from paho.mqtt import client as paho

from aquamind_assets_tests.crashing import wait_until


def free_port() -> int:
    """A port without a listener."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Served:
    """A broker. It keeps nothing over a kill: who listens has to subscribe again."""

    def __init__(self) -> None:
        self.port = free_port()
        self._broker = self._started()

    @property
    def url(self) -> str:
        return f"mqtt://anna:se%40cret@127.0.0.1:{self.port}/farm"

    @property
    def pid(self) -> int:
        return self._broker._process.pid

    def kill(self) -> None:
        """SIGKILL."""
        self._broker._process.kill()
        self._broker._process.wait()
        self._broker.stop()

    def start_again(self) -> None:
        self._broker = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._broker.stop()

    def _started(self) -> iotcore.Broker:
        return iotcore.Broker(port=self.port, listen="127.0.0.1").start()


class Listener:
    """Receives everything below ``farm`` from when it is made.

    Attributes:
        received: topic and content of each message, in the order of arrival.
    """

    def __init__(self, served: Served) -> None:
        self.received: list[tuple[str, dict[str, Any]]] = []
        self._subscribed = False
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        self._client.on_message = self._take
        self._client.on_connect = lambda client, *rest: client.subscribe("farm/#", qos=1)
        self._client.on_subscribe = self._note
        self._client.connect("127.0.0.1", served.port)
        self._client.loop_start()
        wait_until(lambda: self._subscribed, "the broker lets the listener subscribe", self)

    def _take(self, client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        self.received.append((message.topic, json.loads(message.payload)))

    def _note(self, *arguments: object) -> None:
        self._subscribed = True

    @property
    def ids(self) -> set[int]:
        """Ids of the readings that have arrived."""
        return {content["id"] for _, content in list(self.received)}

    def wait_for(self, ids: set[int]) -> None:
        """Wait until readings of all these ids have arrived."""
        wait_until(lambda: ids <= self.ids, "all readings arrive", self)

    def log(self) -> str:
        return f"{len(self.received)} messages, the last: {self.received[-1:]}"

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
