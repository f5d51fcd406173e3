"""A connection to an MQTT broker over which messages are sent and acknowledged.

Messages are sent with quality of service 1 (MQTT 3.1.1): the broker acknowledges each. Nothing is queued beyond a call
and nothing is sent again behind the caller's back: where a connection is lost, the caller sends the same messages again
over a new one, in the same order.

Belongs here: the only use of paho. Does not belong here: another try (``pipeline.published``).
"""

import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from types import ModuleType
from typing import Any

from aquamind_assets.errors import TransientError, UserError
from aquamind_assets.mqtt.url import BrokerUrl

AT_LEAST_ONCE = 1
KEEPALIVE_S = 30
MOST_IN_FLIGHT = 100
"""Messages that are sent and not acknowledged yet."""
_NAP_S = 0.2
"""A lost connection is seen after so long at most."""

_NOT_NOW = "Server unavailable"
"""Name of the one refusal that may pass."""


class PahoMissing(UserError):
    """The package ``paho-mqtt`` is not installed."""


class BrokerRefused(UserError):
    """The broker does not let the user in, or its certificate is not trusted."""


class BrokerUnavailable(TransientError):
    """The broker cannot be reached, or does not acknowledge; another try may help."""


@dataclass(frozen=True)
class Message:
    """What is sent: a topic and its payload, UTF-8."""

    topic: str
    payload: bytes


@dataclass(frozen=True)
class Patience:
    """How long a broker is waited for, in seconds.

    Attributes:
        connect_s: until it answers a connection, for each of its steps: TCP, TLS, MQTT.
        acknowledge_s: from one acknowledgement to the next.
    """

    connect_s: float = 10.0
    acknowledge_s: float = 30.0


class Broker:
    """A broker, connected when there is something to send."""

    def __init__(self, url: BrokerUrl, patience: Patience | None = None) -> None:
        """Connect to nothing yet.

        Raises:
            PahoMissing: the package ``paho-mqtt`` is not installed.
        """
        self.url = url
        self._patience = patience or Patience()
        self._paho = _paho()
        self._client: Any = None
        self._answered, self._lost = Event(), Event()
        self._refusal: str | None = None

    def connect(self) -> None:
        """Connect, unless a connection is there.

        Raises:
            BrokerRefused: it refuses the user, or its certificate is not trusted.
            BrokerUnavailable: it cannot be reached, or does not answer.
        """
        if self._client is not None and not self._lost.is_set():
            return
        self.close()
        self._client = client = self._new_client()
        try:
            client.connect(self.url.host, self.url.port, keepalive=KEEPALIVE_S)
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise BrokerRefused(
                f"the certificate of the MQTT broker {self.url} is not trusted: {error.verify_message};"
                " SSL_CERT_FILE names a file of certificates to trust"
            ) from None
        except (OSError, UnicodeError) as error:
            # A UnicodeError is that of a host name which no name server can be asked for.
            self.close()
            raise BrokerUnavailable(f"the MQTT broker {self.url} cannot be reached: {error}") from None
        client.loop_start()
        self._require_answer()

    def publish(self, messages: Sequence[Message]) -> None:
        """Send messages in their order. All are acknowledged when this returns; after an error, some may be.

        Raises:
            BrokerRefused, BrokerUnavailable: as :meth:`connect`.
            BrokerUnavailable: the connection was lost, or acknowledgements stay away.
        """
        self.connect()
        sent = [self._client.publish(one.topic, one.payload, qos=AT_LEAST_ONCE) for one in messages]
        since = time.monotonic()
        for number, info in enumerate(sent):
            while not self._is_acknowledged(info):
                if self._lost.is_set() or time.monotonic() - since > self._patience.acknowledge_s:
                    why = "was lost" if self._lost.is_set() else "is silent"
                    self.close()
                    raise BrokerUnavailable(
                        f"the connection to the MQTT broker {self.url} {why}: {number} of {len(sent)} messages were"
                        " acknowledged"
                    )
            since = time.monotonic()

    def close(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError):
                client.disconnect()
            client.loop_stop()

    def _new_client(self) -> Any:
        mqtt = self._paho
        client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            protocol=mqtt.MQTTv311,
            clean_session=True,
            reconnect_on_failure=False,
        )
        client.connect_timeout = self._patience.connect_s
        client.max_inflight_messages_set(MOST_IN_FLIGHT)
        if self.url.user is not None:
            client.username_pw_set(self.url.user, self.url.password)
        if self.url.encrypted:
            client.tls_set()
        # Events of their own: a client that was given up may still have something to report.
        answered, lost = Event(), Event()
        self._answered, self._lost, self._refusal = answered, lost, None

        def on_connect(_client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
            if reason.is_failure:
                self._refusal = str(reason)
            answered.set()

        def on_disconnect(*_arguments: Any) -> None:
            lost.set()
            answered.set()

        client.on_connect, client.on_disconnect = on_connect, on_disconnect
        return client

    def _require_answer(self) -> None:
        """Wait for the broker's answer to the connection.

        Raises:
            BrokerRefused, BrokerUnavailable: as :meth:`connect`.
        """
        answered = self._answered.wait(self._patience.connect_s)
        if answered and self._refusal is None and not self._lost.is_set():
            return
        self.close()
        if self._refusal is None or self._refusal == _NOT_NOW:
            reason = self._refusal or (
                "it ended the connection, as some do with a wrong user or password"
                if answered
                else "it does not answer"
            )
            raise BrokerUnavailable(f"the MQTT broker {self.url} cannot be used: {reason}")
        raise BrokerRefused(
            f"the MQTT broker {self.url} refuses user {self.url.user or '(none)'}: {self._refusal};"
            " the URL names user and password"
        )

    def _is_acknowledged(self, info: Any) -> bool:
        """Wait a moment for an acknowledgement; False if it has not come."""
        if info.rc not in (self._paho.MQTT_ERR_SUCCESS, self._paho.MQTT_ERR_NO_CONN):
            raise BrokerUnavailable(f"the MQTT broker {self.url} takes no message: {info.rc.name}")
        if info.rc == self._paho.MQTT_ERR_NO_CONN:
            self._lost.set()
            return False
        info.wait_for_publish(_NAP_S)
        return info.is_published()


def _paho() -> ModuleType:
    try:
        from paho.mqtt import client
    except ImportError:
        raise PahoMissing("MQTT needs the package paho-mqtt: pip install 'aquamind-assets[mqtt]'") from None
    return client
