"""Tryton over JSON-RPC, with nothing but Python's own library: none of Tryton's code is loaded here."""

import base64
import datetime
import gzip
import json
import urllib.request
from decimal import Decimal


class Refused(Exception):
    """Tryton answered with an error: `kind` is its class, `words` what it says."""

    def __init__(self, kind, words):
        super().__init__(f"{kind}: {words}")
        self.kind, self.words = kind, words


def tagged(value):
    """A value as Tryton writes it in JSON."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, datetime.datetime):
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return {"__class__": "datetime", **{part: getattr(value, part) for part in parts}}
    if isinstance(value, datetime.date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    raise TypeError(f"{value!r} has no form in JSON-RPC")


class Tryton:
    """One database of a running server, logged in as one user."""

    def __init__(self, address, database, user, password):
        self.place = f"{address}/{database}/"
        self.context = {"language": "en"}
        self.headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
        uid, token, *_ = self.send("common.db.login", [user, {"password": password}, "en"])
        self.uid = uid
        session = base64.b64encode(f"{user}:{uid}:{token}".encode()).decode()
        self.headers["Authorization"] = f"Session {session}"

    def post(self, path, body):
        """The answer's bytes; what is not HTTP 200 is urllib's HTTPError."""
        request = urllib.request.Request(self.place + path, json.dumps(body, default=tagged).encode(), self.headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            text = answer.read()
            return gzip.decompress(text) if answer.headers["Content-Encoding"] == "gzip" else text

    def send(self, method, parameters):
        """One call; its result."""
        answer = json.loads(self.post("rpc/", {"id": 0, "method": method, "params": parameters}))
        if "error" in answer:
            kind, *words = answer["error"]
            raise Refused(kind, words)
        return answer["result"]

    def call(self, method, *parameters):
        """One call of a model or wizard, in our company."""
        return self.send(method, [*parameters, self.context])

    def create(self, model, **values):
        """Makes one record; its number."""
        return self.call(f"model.{model}.create", [values])[0]

    def find(self, model, *domain):
        """The number of the one record there is."""
        found = self.call(f"model.{model}.search", list(domain), 0, 2, None)
        if len(found) != 1:
            raise LookupError(f"{model} {domain}: {len(found)} found")
        return found[0]
