"""A client of Py4J's gateway, by its protocol, and what the wrapper calls of PySpark over it.

With it firesteel.ml runs against a real JVM where PySpark can't be installed. FIRESTEEL_GATEWAY
names the port, on which a py4j.GatewayServer listens whose entry point is a SparkSession.
"""

import os
import re
import socket

from firesteel_tests import fake_pyspark

_ESCAPES = (("\\", "\\\\"), ("\r", "\\r"), ("\n", "\\n"))


class JavaError(Exception):
    """What the JVM has thrown."""


class Gateway:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.answers = self.socket.makefile("r", encoding="utf-8", newline="\n")

    def send(self, *lines):
        self.socket.sendall(("\n".join(lines) + "\ne\n").encode("utf-8"))
        answer = self.answers.readline().rstrip("\n")
        answer = answer[1:] if answer.startswith("!") else answer
        value = self.decoded(answer[1:])
        if answer[0] == "y":
            return value
        text = value.call("toString") if isinstance(value, JavaObject) else value
        raise JavaError(text)

    def call(self, target, method, *arguments):
        return self.send("c", target, method, *map(self.encoded, arguments))

    def new(self, name, *arguments):
        return self.send("i", name, *map(self.encoded, arguments))

    def encoded(self, value):
        if value is None:
            return "n"
        if isinstance(value, JavaObject):
            return "r" + value.id
        if isinstance(value, bool):
            return "btrue" if value else "bfalse"
        if isinstance(value, int):
            return "i%d" % value
        if isinstance(value, float):
            return "d%r" % value
        if isinstance(value, str):
            for plain, escaped in _ESCAPES:
                value = value.replace(plain, escaped)
            return "s" + value
        if isinstance(value, (list, tuple)):
            converted = self.new("java.util.ArrayList")
            for each in value:
                converted.add(each)
            return self.encoded(converted)
        raise TypeError("%r can't be given to the JVM" % (value,))

    def decoded(self, text):
        kind, value = text[:1], text[1:]
        if kind in ("r", "l", "t", "g", "a", "h"):
            return JavaObject(self, value)
        if kind == "s":
            return re.sub(r"\\\\(.)", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), value)
        plain = {"i": int, "L": int, "d": float, "b": lambda word: word == "true"}
        return plain[kind](value) if kind in plain else None


class JavaObject:
    """An object of the JVM."""

    def __init__(self, gateway, name):
        self.gateway, self.id = gateway, name

    def call(self, method, *arguments):
        return self.gateway.call(self.id, method, *arguments)

    def __getattr__(self, method):
        return lambda *arguments: self.call(method, *arguments)


class DataFrame:
    def __init__(self, jdf):
        self._jdf = jdf

    @property
    def columns(self):
        gateway, array = self._jdf.gateway, self._jdf.columns()
        length = gateway.send("a", "e", array.id)
        return [gateway.send("a", "g", array.id, "i%d" % i) for i in range(length)]

    def select(self, *names):
        return DataFrame(self._jdf.selectExpr(self._array(names)))

    def _array(self, names):
        """The JVM's array of strings."""
        gateway = self._jdf.gateway
        array = gateway.send("a", "c", "sjava.lang.String", "i%d" % len(names))
        for i, name in enumerate(names):
            gateway.send("a", "s", array.id, "i%d" % i, gateway.encoded(name))
        return array

    def where(self, condition):
        return DataFrame(self._jdf.where(condition))

    def count(self):
        return self._jdf.count()

    def show(self, rows):
        print(self._jdf.showString(rows, 20, False))


class _Reader:
    def __init__(self, session):
        self.session = session

    def csv(self, path, header=False, inferSchema=False):
        reader = self.session.read().option("header", header).option("inferSchema", inferSchema)
        return DataFrame(reader.csv(path))


class Session:
    def __init__(self, session):
        self.read = _Reader(session)


class Estimator(fake_pyspark.Params):
    """PySpark's JavaEstimator: params go to the JVM's object before it is fitted."""

    @staticmethod
    def _new_java_obj(name, uid):
        return GATEWAY.new(name, uid)

    def _transfer_params_from_java(self):
        for param in self.params:
            java = self._java_obj.getParam(param.name)
            if self._java_obj.hasDefault(java):
                self._defaultParamMap[param] = self._java_obj.getDefault(java).get()

    def fit(self, rows):
        for param, value in self._paramMap.items():
            self._java_obj.set(self._java_obj.getParam(param.name).w(value))
        return self._create_model(self._java_obj.fit(rows._jdf))


class Model(fake_pyspark.JavaModel):
    def _call_java(self, name, *args):
        return self._java_obj.call(name, *args)

    def transform(self, rows):
        return DataFrame(self._java_obj.transform(rows._jdf))


def install():
    """Makes import pyspark find this over the gateway. Returns a session."""
    global GATEWAY
    GATEWAY = Gateway(int(os.environ["FIRESTEEL_GATEWAY"]))
    fake_pyspark.JavaEstimator, fake_pyspark.JavaModel = Estimator, Model
    fake_pyspark.install()
    return Session(JavaObject(GATEWAY, "t"))
