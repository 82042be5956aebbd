"""Everything that goes over the broker, remembered; and words of others put there."""

import threading

import paho.mqtt.client as paho

from processes import USERS, NotTried, wait_for

CONNECT_SECONDS = 20


class Bus:
    """One client on all topics. It comes back by itself when the broker does."""

    def __init__(self, broker):
        self.lock = threading.Lock()
        self.retained, self.heard, self.subscribed = {}, [], threading.Event()
        if hasattr(paho, "CallbackAPIVersion"):
            self.client = paho.Client(paho.CallbackAPIVersion.VERSION1, client_id="watcher")
        else:
            self.client = paho.Client(client_id="watcher")
        self.client.username_pw_set("watcher", USERS["watcher"])
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.on_disconnect = lambda *_: self.subscribed.clear()
        self.client.on_message = self.take
        self.client.connect_async("127.0.0.1", broker.port, keepalive=15)
        self.client.loop_start()
        self.wait_until_listening()

    def wait_until_listening(self):
        if not self.subscribed.wait(CONNECT_SECONDS):
            raise NotTried("the broker lets nobody listen")

    def take(self, _client, _data, message):
        payload = message.payload.decode("utf-8", "replace")
        with self.lock:
            self.heard.append((message.topic, payload))
            # What is said live has no retain flag; the last word of a topic is what the broker keeps, or "" for nothing.
            self.retained[message.topic] = payload

    def last(self, topic):
        with self.lock:
            return self.retained.get(topic)

    def mark(self):
        """A moment to look back to."""
        with self.lock:
            return len(self.heard)

    def since(self, mark, *parts):
        """What was said since, on topics that have all the parts in them."""
        with self.lock:
            return [(topic, said) for topic, said in self.heard[mark:] if all(part in topic for part in parts)]

    def configurations(self):
        """The discovery messages that stand on the broker."""
        with self.lock:
            return {topic: said for topic, said in self.retained.items() if topic.endswith("/config") and said}

    def say(self, topic, payload, retain=False):
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(CONNECT_SECONDS)

    def hears(self, seconds, topic, payload):
        """Waits for a word on a topic; returns the last one."""
        return wait_for(seconds, lambda: self.last(topic), lambda said: said == payload)

    def close(self):
        self.client.loop_stop()
        self.client.disconnect()
