"""Writes down what a running Tryton really answers, as fixtures of the connector's tests.

    record.py ADDRESS DATABASE PASSWORD FOLDER

One file a story: each request as sent and each answer as it came, without sessions, keys, passwords and dates of
the server. Run it against a fresh copy of the books (`cargo xtask peers up`); it leaves sales and entries behind.
"""

import base64
import datetime
import gzip
import http.client
import json
import re
import sys
import threading
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from rpc import tagged

DAY = datetime.date(2026, 6, 21)
LONG_AGO = datetime.datetime(2026, 1, 1)
HEADERS = ("content-type", "content-encoding", "www-authenticate", "retry-after", "location")


class Recorder:
    """A client that keeps what it said and heard."""

    def __init__(self, address, database, password):
        self.host = urlsplit(address).netloc
        self.database, self.password = database, password
        self.headers = {"content-type": "application/json", "accept-encoding": "gzip"}
        self.context = {"company": 1, "language": "en"}
        self.secrets = {password: "PASSWORD", database: "shop"}
        self.heard = []

    def exchange(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, timeout=120)
        text = None if body is None else json.dumps(body, default=tagged)
        sent = {**self.headers, **(headers or {})}
        connection.request(method, path, text, sent)
        answer = connection.getresponse()
        raw = answer.read()
        if answer.headers.get("content-encoding") == "gzip" and raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        raw = raw.decode()
        try:
            told = json.loads(raw)
        except ValueError:
            told = raw
        kept = {"method": method, "path": path, "headers": {k: v for k, v in sorted(sent.items()) if v}}
        if text is not None:
            kept["body"] = json.loads(text)
        heads = {name.lower(): value for name, value in answer.headers.items() if name.lower() in HEADERS}
        self.heard.append({"request": kept, "response": {"status": answer.status, "headers": heads, "body": told}})
        return answer.status, told

    def send(self, method, parameters, headers=None):
        body = {"id": 0, "method": method, "params": parameters}
        return self.exchange("POST", f"/{self.database}/rpc/", body, headers)[1]

    def call(self, method, *parameters, context=None):
        told = self.send(method, [*parameters, {**self.context, **(context or {})}])
        return told.get("result") if isinstance(told, dict) else None

    def read(self, model, domain, *fields, context=None):
        order = [["id", "ASC"]]
        return self.call(f"model.{model}.search_read", domain, 0, 200, order, list(fields), context=context)

    def log_in(self):
        told = self.send("common.db.login", ["admin", {"password": self.password}, "en"])
        user, token, *_ = told["result"]
        self.secrets[token] = "TOKEN"
        session = base64.b64encode(f"admin:{user}:{token}".encode()).decode()
        self.secrets[session] = "SESSION"
        self.headers["authorization"] = f"Session {session}"

    def write(self, folder, name, about):
        text = json.dumps({"about": about, "exchanges": self.heard}, ensure_ascii=False, indent=1)
        for secret, word in self.secrets.items():
            text = text.replace(secret, word)
        # Where it ran is no part of it.
        text = re.sub(r'File \\"[^"]*/(trytond|werkzeug|psycopg)/', r'File \\"\1/', text)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        self.heard = []


def product(client, code):
    return client.read("product.product", [["code", "=", code]], "code")[0]["id"]


def number(client, model, *domain):
    return client.call(f"model.{model}.search", list(domain), 0, 2, None)[0]


def amount(text):
    return Decimal(text)


def line(product_id, quantity, net, gross):
    prices = {"unit_list_price": amount(net), "unit_gross_price": amount(gross)}
    return {"product": product_id, "quantity": quantity, **prices}


def sale(client, names, mark, lines, payments):
    return {
        "company": 1,
        "point": names["point"],
        "number": mark,
        "date": DAY,
        "lines": [["create", lines]],
        "payments": [["create", [{"method": names[way], "amount": amount(sum_)} for way, sum_ in payments]]],
    }


SALE = ("number", "state", "date", "total", "total_tax", "amount_paid", "amount_to_pay", "move.number")
ENTRY = ("account.code", "debit", "credit", "description", "tax_lines.type", "tax_lines.amount", "tax_lines.tax")


def look_up(client, names, mark):
    return client.read("sale.point.sale", [["number", "=", mark], ["point", "=", names["point"]]], *SALE)


def deliver(client, names, mark, lines, payments):
    """A sale as it should go: looked up, created, processed, posted, looked up."""
    look_up(client, names, mark)
    made = client.call("model.sale.point.sale.create", [sale(client, names, mark, lines, payments)])
    if made:
        client.call("model.sale.point.sale.process", made)
        client.call("model.sale.point.sale.post", made)
    look_up(client, names, mark)
    return made


def entries(client, mark):
    origin = client.read("sale.point.sale", [["number", "=", mark]], "move")[0]["move"]
    client.read("account.move.line", [["move", "=", origin]], *ENTRY)


def sign_in(client, folder):
    client.send("common.server.version", [], {"authorization": ""})
    client.exchange("POST", "/rpc/", {"id": 0, "method": "common.server.version", "params": []}, {"authorization": ""})
    client.write(folder, "version", "Without signing in, with and without the database in the path.")
    client.log_in()
    client.send("common.server.version", [])
    client.send("model.res.user.get_preferences", [True, client.context])
    client.read("company.company", [["id", "=", 1]], "rec_name", "currency.code", "timezone")
    client.write(folder, "login", "A user and a password become a session; whose company it is.")
    for user, password, place in (
        ("admin", "wrong", client.database),
        ("nobody", "wrong", client.database),
        ("admin", client.password, "elsewhere"),
    ):
        body = {"id": 0, "method": "common.db.login", "params": [user, {"password": password}, "en"]}
        client.exchange("POST", f"/{place}/rpc/", body, {"authorization": ""})
    client.send("common.db.login", ["admin", {}, "en"], {"authorization": ""})
    client.write(folder, "login_refused", "A wrong password, an unknown user, a database that is not there, no password.")
    client.send("model.party.party.search", [[], 0, 1, None, client.context], {"authorization": ""})
    ended = base64.b64encode(b"admin:1:" + b"0" * 64).decode()
    client.send("model.party.party.search", [[], 0, 1, None, client.context], {"authorization": f"Session {ended}"})
    client.write(folder, "signed_out", "No session, and one that has ended.")


PRODUCT = (
    "code", "name", "rec_name", "active", "salable", "type", "list_price_used", "gross_price_used",
    "identifiers.type", "identifiers.code", "default_uom.symbol", "sale_uom.symbol", "template.name",
    "template.account_category", "create_date", "write_date", "template.create_date", "template.write_date",
)  # fmt: skip


def changed_since(since):
    return [
        "OR",
        ["write_date", ">=", since],
        ["create_date", ">=", since],
        ["template.write_date", ">=", since],
        ["template.create_date", ">=", since],
        ["identifiers.write_date", ">=", since],
        ["identifiers.create_date", ">=", since],
    ]


def catalogue(client, folder):
    client.read("product.product", [["id", ">", 0], changed_since(LONG_AGO)], *PRODUCT)
    client.read("product.category", [["accounting", "=", True]], "name", "customer_taxes.name", "customer_taxes.rate")
    client.write(folder, "products", "All products that are for sale, and the taxes of their accounting category.")
    bunting = client.read("product.product", [["code", "=", "47566"]], "template")[0]
    moment = client.read("product.product", [["code", "=", "47566"]], "template.write_date", "template.create_date")[0]
    client.heard = []
    new_price = {"gross_price": amount("4.95"), "list_price": amount("4.1250")}
    client.call("model.product.template.write", [bunting["template"]], new_price)
    last = moment["template."]["write_date"] or moment["template."]["create_date"]
    client.read("product.product", [changed_since(last)], *PRODUCT)
    client.write(folder, "products_changed", "A price changes: the template's time alone moves, the product's stays.")
    out_of_use = ("model.product.product.write", [[bunting["id"]], {"active": False}, client.context])
    warning = client.send(*out_of_use)["error"][1][0]
    client.call("model.res.user.warning.create", [{"name": warning, "user": 1, "always": False}])
    client.send(*out_of_use)
    client.read("product.product", [["code", "=", "47566"]], "code", "active", "write_date")
    client.read("product.product", [["code", "=", "47566"], ["active", "in", [True, False]]], "code", "active", "write_date")
    client.call("model.product.product.write", [bunting["id"]], {"active": True})
    client.write(folder, "products_inactive", "A product is taken out of use: a warning first, since some lie there; then it is not found unless asked for.")
    client.read("product.product", [["id", ">", 0]], "customer_taxes_used")
    client.write(folder, "products_no_such_field", "A field that is computed for one company cannot be read by a call.")
    units = ("name", "symbol", "digits", "rounding", "category.name", "factor", "rate")
    client.read("product.uom", [["category.name", "in", ["Units", "Weight"]]], *units)
    client.write(folder, "units", "Units of pieces and of weight.")
    client.read("account.tax", [["parent", "=", None]], "name", "type", "rate", "amount", "start_date", "end_date")
    client.write(folder, "taxes", "Taxes and their rates: a share of one, not percent.")


def places(client, folder):
    client.read("stock.location", [["type", "=", "warehouse"]], "name", "code", "storage_location", "storage_location.code")
    client.write(folder, "warehouses", "Warehouses; goods lie in the storage location of one.")
    fields = ("name", "tax_included", "storage_location", "return_location", "journal.name", "sequence")
    client.read("sale.point", [["company", "=", 1]], *fields)
    client.write(folder, "points", "Points of sale.")
    client.read("sale.point.payment.method", [["company", "=", 1]], "name", "cash", "account.code", "active")
    client.write(folder, "payment_methods", "Ways to pay.")


def sales(client, folder, names):
    heart, cakestand, tea = (product(client, code) for code in ("85123A", "22423", "LOOSE01"))
    client.heard = []
    lines = [
        line(heart, 2.0, "2.4583", "2.9500"),
        line(cakestand, 1.0, "10.6250", "12.7500"),
        line(tea, 0.25, "48.0000", "48.0000"),
    ]
    deliver(client, names, "HS1-000123/0f3c2a11", lines, [("Cash", "10.65"), ("Card", "20.00")])
    entries(client, "HS1-000123/0f3c2a11")
    client.read("stock.move", [["origin.sale.number", "=", "HS1-000123/0f3c2a11", "sale.point.sale.line"]],
        "product", "quantity", "from_location.code", "to_location.code", "state")  # fmt: skip
    client.write(folder, "sale", "Three lines at 20 % and 0 %, by weight too, paid in cash and by card, to the posted entry.")
    made = look_up(client, names, "HS1-000123/0f3c2a11")[0]["id"]
    client.heard = []
    client.call("model.sale.point.sale.process", [made])
    client.call("model.sale.point.sale.post", [made])
    look_up(client, names, "HS1-000123/0f3c2a11")
    client.write(folder, "sale_again", "Processed and posted once more after it was posted: both are refused.")
    one = [line(heart, 1.0, "2.4583", "2.9500")]
    client.call("model.sale.point.sale.create", [sale(client, names, "HS1-000124/aa", one, [("Cash", "2.95")])])
    client.call("model.sale.point.sale.create", [sale(client, names, "HS1-000124/aa", one, [("Cash", "2.95")])])
    look_up(client, names, "HS1-000124/aa")
    client.write(folder, "sale_doubled", "The same number twice: Tryton takes both. Only looking first prevents it.")
    made = client.call("model.sale.point.sale.create", [sale(client, names, "HS1-000125/bb", one, [("Cash", "2.00")])])
    client.call("model.sale.point.sale.process", made)
    look_up(client, names, "HS1-000125/bb")
    client.call("model.sale.point.sale.post", made)
    client.write(folder, "sale_underpaid", "Too little paid: processing says nothing and leaves it open.")
    many = [line(heart, 3.0, "0.8333", "1.0000"), line(heart, 7.0, "2.1071", "2.5286")]
    deliver(client, names, "HS1-000126/cc", many, [("Card", "20.70")])
    entries(client, "HS1-000126/cc")
    client.write(folder, "sale_discounted", "Prices after a discount with four decimals: what Tryton makes of them.")
    deliver(client, names, "HS1-000127/dd", [line(999_999, 1.0, "1.0000", "1.2000")], [("Cash", "1.20")])
    client.write(folder, "sale_of_nothing_known", "A product that is not there.")
    weighed = [line(tea, 0.333, "48.0000", "48.0000")]
    deliver(client, names, "HS1-000128/de", weighed, [("Cash", "15.98")])
    client.write(folder, "sale_by_the_gram", "Three decimals of a kilogram, which Tryton counts with two.")
    late = {**sale(client, names, "HS1-000129/df", one, [("Cash", "2.95")]), "date": datetime.date(2031, 1, 1)}
    made = client.call("model.sale.point.sale.create", [late])
    client.call("model.sale.point.sale.process", made)
    client.call("model.sale.point.sale.post", made)
    look_up(client, names, "HS1-000129/df")
    client.write(folder, "sale_outside_the_books", "A day without a fiscal year: done, and refused when it is posted.")


def returns(client, folder, names):
    heart = product(client, "85123A")
    client.heard = []
    back = [line(heart, -1.0, "2.4583", "2.9500")]
    deliver(client, names, "HS1-000130/ee", back, [("Cash", "-2.95")])
    entries(client, "HS1-000130/ee")
    client.write(folder, "return", "One comes back for cash.")
    deliver(client, names, "HS1-000131/ff", back, [("Card", "-2.95")])
    client.write(folder, "return_to_card", "Money back to a card: only a method that is cash may pay out.")
    exchanged = [*back, line(product(client, "22423"), 1.0, "10.6250", "12.7500")]
    client.heard = []
    deliver(client, names, "HS1-000132/gg", exchanged, [("Card", "9.80")])
    entries(client, "HS1-000132/gg")
    client.write(folder, "exchange", "One comes back and another is taken: a line of each sign, one payment.")


def stock(client, folder, names):
    for code in ("HS", "SA"):
        place = number(client, "stock.location", ["code", "=", code], ["type", "=", "warehouse"])
        context = {"locations": [place]}
        client.read("product.product", [["type", "=", "goods"]], "code", "quantity", "forecast_quantity", context=context)
    client.write(folder, "stock", "What lies in each warehouse: the context says where.")
    storage = number(client, "stock.location", ["code", "=", "HS-STO"])
    heart = product(client, "85123A")
    client.heard = []
    counted = {
        "company": 1,
        "location": storage,
        "date": DAY,
        "empty_quantity": "keep",
        "lines": [["create", [{"product": heart, "quantity": 111.0}]]],
    }
    made = client.call("model.stock.inventory.create", [counted])
    client.call("model.stock.inventory.confirm", made)
    client.read("stock.inventory", [["id", "=", made[0]]], "number", "state", "lines.expected_quantity", "lines.quantity")
    client.call("model.stock.inventory.confirm", made)
    client.write(folder, "count", "A count of one product, confirmed, and confirmed once more.")
    returned = number(client, "stock.location", ["code", "=", "HS-RET"])
    move = {
        "company": 1, "product": heart, "quantity": 1.0, "unit": 1, "from_location": returned,
        "to_location": storage, "effective_date": DAY,
    }  # fmt: skip
    client.heard = []
    made = client.call("model.stock.move.create", [move])
    client.call("model.stock.move.do", made)
    client.write(folder, "stock_move_refused", "A move by itself cannot be done by whoever calls: it belongs to a shipment.")
    lines = [{"product": heart, "quantity": 1.0, "unit": 1, "from_location": returned, "to_location": storage}]
    shipment = {
        "company": 1, "from_location": returned, "to_location": storage, "planned_date": DAY, "planned_start_date": DAY,
        "effective_date": DAY, "reference": "Tillbridge T-17", "moves": [["create", lines]],
    }  # fmt: skip
    client.read("stock.shipment.internal", [["reference", "=", "Tillbridge T-17"]], "number", "state")
    made = client.call("model.stock.shipment.internal.create", [shipment])
    for step in ("wait", "assign_try", "do"):
        client.call(f"model.stock.shipment.internal.{step}", made)
    client.read("stock.shipment.internal", [["reference", "=", "Tillbridge T-17"]], "number", "state", "moves.state")
    client.write(folder, "transfer", "Goods from one location to another: looked up by our reference, waiting, assigned, done.")


def customers(client, folder):
    fields = (
        "name", "code", "active", "contact_mechanisms.type", "contact_mechanisms.value", "addresses.street_name",
        "addresses.postal_code", "addresses.city", "addresses.country.code", "tax_identifier.code",
        "create_date", "write_date",
    )  # fmt: skip
    client.read("party.party", [["id", ">", 0], ["create_date", ">=", LONG_AGO]], *fields)
    client.write(folder, "customers", "Parties with their addresses and numbers; our own company is one of them.")
    grace = client.read("party.party", [["code", "=", "C-1001"]], "contact_mechanisms", "create_date", "write_date")[0]
    client.heard = []
    mail = client.read("party.contact_mechanism", [["party", "=", grace["id"]], ["type", "=", "email"]], "value")[0]
    client.call("model.party.contact_mechanism.write", [mail["id"]], {"value": "grace@example.org"})
    since = grace["write_date"] or grace["create_date"]
    for domain in (
        ["write_date", ">", since],
        ["OR", ["write_date", ">", since], ["create_date", ">", since],
            ["contact_mechanisms.write_date", ">", since], ["contact_mechanisms.create_date", ">", since],
            ["addresses.write_date", ">", since], ["addresses.create_date", ">", since]],
    ):  # fmt: skip
        client.read("party.party", [domain], *fields)
    client.write(folder, "customers_changed", "An e-mail address changes: the party's own time does not, its part's does.")


def journal_entry(client, names, credit):
    debit = [("1.1.1", "120.00", "0.00"), ("1.1.9", "84.35", "0.00")]
    owed = [("4.1.1", "0.00", "171.95"), ("2.2.5", "0.00", credit)]
    lines = []
    for code, debit_, credit_ in [*debit, *owed]:
        one = {"account": names[code], "debit": amount(debit_), "credit": amount(credit_)}
        if code in ("4.1.1", "2.2.5"):
            tax = {"tax": names["VAT 20%"], "type": "base" if code == "4.1.1" else "tax"}
            tax["amount"] = one["credit"]
            one["tax_lines"] = [["create", [tax]]]
        lines.append(one)
    return {
        "company": 1,
        "journal": names["journal"],
        "period": names["period"],
        "date": DAY,
        "description": "Tillbridge 2026-06-21 High Street",
        "lines": [["create", lines]],
    }


def journal(client, folder, names):
    fields = ("name", "start_date", "end_date", "state", "type")
    domain = [["start_date", "<=", DAY], ["end_date", ">=", DAY], ["type", "=", "standard"]]
    client.read("account.period", domain, *fields)
    client.read("account.journal", [], "name", "type", "code")
    client.read("account.account", [["code", "in", ["1.1.1", "1.1.9", "4.1.1", "2.2.5"]]], "code", "name")
    client.read("account.move", [["description", "=", "Tillbridge 2026-06-21 High Street"]], "number", "state")
    made = client.call("model.account.move.create", [journal_entry(client, names, "32.40")])
    client.call("model.account.move.post", made)
    client.read("account.move", [["id", "in", made]], "number", "state", "lines.debit", "lines.credit", "lines.account")
    client.call("model.account.move.post", made)
    client.write(folder, "journal", "A store's day as one entry: looked up by its description, posted, posted once more.")
    made = client.call("model.account.move.create", [journal_entry(client, names, "32.39")])
    client.call("model.account.move.post", made)
    client.read("account.move", [["id", "in", made or []]], "number", "state")
    client.call("model.account.move.delete", made)
    client.write(folder, "journal_unbalanced", "Unbalanced by a penny: the draft is made, posting it is refused.")
    late = {**journal_entry(client, names, "32.40"), "date": datetime.date(2031, 1, 1)}
    client.call("model.account.move.create", [late])
    client.write(folder, "journal_outside_its_period", "A date that is not in the period.")


def errors(client, folder, names):
    client.send("model.no.such.search", [[], 0, 1, None, client.context])
    client.send("model.party.party.no_such_method", [client.context])
    client.send("model.party.party.search", [])
    client.read("party.party", [["no_such_field", "=", 1]], "name")
    client.read("party.party", [], "no_such_field")
    client.exchange("GET", f"/{client.database}/rpc/")
    client.write(folder, "errors", "A model, method, field that is not there; too few parameters; the wrong method of HTTP.")
    template = client.call("model.ir.model.data.get_id", "account.account_template_root_en")
    client.heard = []
    wizard = client.call("wizard.account.create_chart.create")[0]
    chosen = {"account": {"company": 1, "account_template": template}}
    told = client.send("wizard.account.create_chart.execute", [wizard, chosen, "create_account", client.context])
    warning = told["error"][1][0]
    client.call("model.res.user.warning.create", [{"name": warning, "user": 1, "always": False}])
    client.call("wizard.account.create_chart.delete", wizard)
    client.write(folder, "warning", "A warning stops a call; whoever may takes note of it and calls again.")


def with_a_key(client, folder):
    """The other way in: a key of a user application, and REST."""
    context = base64.urlsafe_b64encode(json.dumps({"company": 1}).encode()).decode()
    given = {"authorization": "", "content-type": ""}
    asked = client.exchange("POST", f"/{client.database}/user/application/", {"user": "admin", "application": "rest"}, {**given, "content-type": "application/json"})
    client.secrets[asked[1]] = "KEY"
    place = f"/{client.database}/rest/model/sale.point?f=name&f=tax_included"
    key = {**given, "authorization": f"bearer {asked[1]}", "x-tryton-context": context}
    client.exchange("GET", place, headers=key)
    waiting = number(client, "res.user.application", ["state", "=", "requested"])
    client.call("model.res.user.application.validate_", [waiting])
    client.exchange("GET", place, headers=key)
    client.exchange("GET", f"/{client.database}/rest/model/no.such", headers=key)
    client.write(folder, "rest", "A key is asked for, refused, granted by a person, and used.")


def too_often(client, folder):
    for _ in range(8):
        client.send("common.db.login", ["nobody", {"password": "wrong"}, "en"], {"authorization": ""})
    kinds = {one["response"]["status"]: one for one in client.heard}
    client.heard = list(kinds.values())
    client.write(folder, "login_too_often", "Signing in with wrong passwords again and again.")


def at_once(client, folder, names):
    """Five who post at the same time: PostgreSQL lets one have a number, the others are told to come again."""
    heart = product(client, "85123A")
    client.heard = []
    heard = []

    def one(who):
        own = Recorder(f"http://{client.host}", client.database, client.password)
        own.headers = dict(client.headers)
        for turn in range(6):
            entry = sale(own, names, f"HS{who}-{turn}", [line(heart, 1.0, "2.4583", "2.9500")], [("Card", "2.95")])
            made = own.call("model.sale.point.sale.create", [entry])
            for step in ("process", "post"):
                for _ in range(20):
                    own.call(f"model.sale.point.sale.{step}", made)
                    if own.heard[-1]["response"]["status"] == 200:
                        break
        heard.extend(own.heard)

    workers = [threading.Thread(target=one, args=(who,)) for who in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    busy = [one for one in heard if one["response"]["status"] != 200]
    print(f"{len(heard)} calls of five at once, {len(busy)} refused")
    kinds = {}
    for one in busy:
        kinds.setdefault((one["response"]["status"], one["request"]["body"]["method"]), one)
    client.heard = list(kinds.values())
    client.write(folder, "busy", "Five who post sales at once: refused for the moment, in HTML. The same again will do.")


def names_of(client):
    names = {"point": number(client, "sale.point", ["name", "=", "High Street"])}
    for way in ("Cash", "Card"):
        names[way] = number(client, "sale.point.payment.method", ["name", "=", way])
    for code in ("1.1.1", "1.1.9", "4.1.1", "2.2.5"):
        names[code] = number(client, "account.account", ["code", "=", code])
    names["VAT 20%"] = number(client, "account.tax", ["name", "=", "VAT 20%"])
    names["journal"] = number(client, "account.journal", ["type", "=", "revenue"])
    dated = [["start_date", "<=", DAY], ["end_date", ">=", DAY], ["type", "=", "standard"]]
    names["period"] = number(client, "account.period", *dated)
    client.heard = []
    return names


def main(address, database, password, place):
    client, folder = Recorder(address, database, password), Path(place)
    folder.mkdir(parents=True, exist_ok=True)
    sign_in(client, folder)
    names = names_of(client)
    catalogue(client, folder)
    places(client, folder)
    sales(client, folder, names)
    returns(client, folder, names)
    stock(client, folder, names)
    customers(client, folder)
    journal(client, folder, names)
    errors(client, folder, names)
    with_a_key(client, folder)
    at_once(client, folder, names)
    too_often(client, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
