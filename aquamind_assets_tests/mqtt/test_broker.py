"""The connection to a broker: acknowledged messages, a broker that is away, silent, or refuses."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aquamind_assets.mqtt.broker import Broker, BrokerRefused, BrokerUnavailable, Message, PahoMissing, Patience
from aquamind_assets.mqtt.url import BrokerUrl
from aquamind_assets_tests.crashing import wait_until
from aquamind_assets_tests.mqtt.served import Listener, Served, free_port
from aquamind_assets_tests.stopped_process import stopped

IMPATIENT = Patience(connect_s=0.5, acknowledge_s=0.5)


@pytest.fixture
def served() -> Iterator[Served]:
    with Served() as served:
        yield served


def messages(first: int, end: int) -> list[Message]:
    return [Message(f"farm/{number % 3}", f'{{"id": {number}}}'.encode()) for number in range(first, end)]


def test_messages_arrive_in_order_also_after_the_broker_was_killed(served: Served) -> None:
    broker, listener = Broker(BrokerUrl.parse(served.url)), Listener(served)
    broker.publish(messages(0, 500))
    listener.wait_for(set(range(500)))
    assert [content["id"] for _, content in listener.received] == list(range(500))
    assert {topic for topic, _ in listener.received} == {"farm/0", "farm/1", "farm/2"}
    served.kill()
    listener.close()
    with pytest.raises(BrokerUnavailable, match=f"MQTT broker mqtt://127.0.0.1:{served.port}/farm"):
        broker.publish(messages(500, 510))
    served.start_again()
    again = Listener(served)
    broker.publish(messages(500, 510))
    again.wait_for(set(range(500, 510)))
    assert [content["id"] for _, content in again.received] == list(range(500, 510))
    broker.close()
    again.close()


def test_a_silent_broker_is_not_waited_for_without_end(served: Served) -> None:
    broker = Broker(BrokerUrl.parse(served.url), IMPATIENT)
    broker.connect()
    with stopped(served.pid):
        with pytest.raises(BrokerUnavailable, match="is silent: 0 of 3 messages were acknowledged"):
            broker.publish(messages(0, 3))
        with pytest.raises(BrokerUnavailable, match="it does not answer"):
            broker.publish(messages(0, 3))
    Broker(BrokerUrl.parse(served.url)).publish(messages(0, 3))


@pytest.mark.parametrize("host", ["127.0.0.1", "no.such.host.invalid", "a" * 80])
def test_a_broker_that_is_not_there(host: str) -> None:
    with pytest.raises(BrokerUnavailable, match="cannot be reached"):
        Broker(BrokerUrl.parse(f"mqtt://{host}:{free_port()}")).connect()


def test_what_speaks_no_tls(served: Served) -> None:
    with pytest.raises(BrokerUnavailable, match="mqtts://"):
        Broker(BrokerUrl.parse(served.url.replace("mqtt:", "mqtts:")), IMPATIENT).connect()


@pytest.mark.skipif(shutil.which("mosquitto") is None, reason="needs mosquitto, a broker that gives reasons")
def test_a_wrong_password_is_an_error_of_the_user(tmp_path: Path) -> None:
    port = free_port()
    tmp_path.chmod(0o755)
    (tmp_path / "passwords").touch()
    (tmp_path / "conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file passwords\n")
    process = subprocess.Popen(["mosquitto", "-c", "conf"], cwd=tmp_path, stderr=subprocess.PIPE)
    try:
        broker = Broker(BrokerUrl.parse(f"mqtt://anna:secret@127.0.0.1:{port}"))
        reasons: list[str] = []

        def refused() -> bool:
            try:
                broker.connect()
            except BrokerUnavailable:
                return False
            except BrokerRefused as error:
                reasons.append(str(error))
            return True

        wait_until(refused, "mosquitto answers", LogOf(process))
        assert "refuses user anna" in reasons[0]
        assert "secret" not in reasons[0]
    finally:
        process.kill()
        process.wait()


class LogOf:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def log(self) -> str:
        return f"exit code {self.process.poll()}"


def test_without_paho_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "paho.mqtt", None)
    with pytest.raises(PahoMissing, match=r"pip install 'aquamind-assets\[mqtt\]'"):
        Broker(BrokerUrl.parse("mqtt://broker"))
