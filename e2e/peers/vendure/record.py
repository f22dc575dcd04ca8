"""Writes down what a running Vendure really answers, as fixtures of the connector's tests.

    record.py ADDRESS PASSWORD KEY FOLDER

One file a story: each request as sent and each answer as it came, without tokens, keys and passwords. Run it against a
store as it was seeded (`cargo xtask peers up`); it leaves orders behind.
"""

import http.client
import json
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

HEADERS = ("content-type", "vendure-auth-token", "retry-after")


class Recorder:
    """A client that keeps what it said and heard."""

    def __init__(self, address, password, key):
        self.host = urlsplit(address).netloc
        self.secrets = {key: "KEY", password: "PASSWORD"}
        self.password, self.key = password, key
        self.credentials = {"vendure-api-key": key}
        self.heard = []

    def ask(self, query, variables=None, api="admin-api", credentials=None):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        query = " ".join(query.split())
        body = {"query": query, "variables": variables or {}}
        sent = {"content-type": "application/json", **(self.credentials if credentials is None else credentials)}
        connection.request("POST", f"/{api}", json.dumps(body), sent)
        answer = connection.getresponse()
        raw = answer.read().decode()
        try:
            told = json.loads(raw)
        except ValueError:
            told = raw
        heads = {name.lower(): value for name, value in answer.headers.items() if name.lower() in HEADERS}
        if heads.get("vendure-auth-token"):
            self.secrets[heads["vendure-auth-token"]] = "TOKEN"
        request = {"method": "POST", "path": f"/{api}", "headers": sent, "body": body}
        self.heard.append({"request": request, "response": {"status": answer.status, "headers": heads, "body": told}})
        return told, heads

    def data(self, query, **variables):
        told, _ = self.ask(query, variables)
        values = (told.get("data") or {}).values()
        return next(iter(values), None)

    def shop(self, query, **variables):
        told, heads = self.ask(query, variables, "shop-api", self.buyer)
        if heads.get("vendure-auth-token"):
            self.buyer = {"authorization": f"Bearer {heads['vendure-auth-token']}"}
        return next(iter((told.get("data") or {}).values()), None)

    def write(self, folder, name, about):
        text = json.dumps({"about": about, "exchanges": self.heard}, ensure_ascii=False, indent=1)
        for secret, word in self.secrets.items():
            text = text.replace(secret, word)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        self.heard = []


ERROR = "__typename ... on ErrorResult { errorCode message }"

VARIANTS = """query Variants($since: DateTime!, $skip: Int!) {
  productVariants(options: { filter: { updatedAt: { after: $since } }, sort: { updatedAt: ASC, id: ASC }, skip: $skip, take: 5 }) {
    totalItems
    items { id sku name enabled updatedAt price priceWithTax currencyCode taxCategory { id name }
      product { id name enabled updatedAt } stockLevels { stockLocationId stockOnHand stockAllocated }
      customFields { barcode } } } }"""

ORDER = """id code state updatedAt orderPlacedAt currencyCode totalWithTax total
  customer { id firstName lastName emailAddress phoneNumber }
  lines { id quantity productVariant { id sku } unitPriceWithTax discountedUnitPriceWithTax linePriceWithTax taxRate
    fulfillmentLines { quantity fulfillmentId } }
  shippingLines { shippingMethod { code } priceWithTax }
  payments { id method amount state transactionId refunds { id total state } }
  fulfillments { id state method trackingCode }"""

PLACED = f"""query Placed($since: DateTime!) {{
  orders(options: {{ filter: {{ state: {{ eq: "PaymentSettled" }}, updatedAt: {{ after: $since }} }},
    sort: {{ updatedAt: ASC, id: ASC }}, take: 50 }}) {{ totalItems items {{ {ORDER} }} }} }}"""


def sign_in(client, folder):
    query = """mutation SignIn($user: String!, $password: String!) {
      login(username: $user, password: $password) { __typename ... on CurrentUser { id identifier channels { id code } }
        ... on ErrorResult { errorCode message } } }"""
    who = "{ activeChannel { id code defaultCurrencyCode pricesIncludeTax } activeAdministrator { emailAddress } }"
    right = {"user": "superadmin", "password": client.password}
    _, heads = client.ask(query, right, credentials={})
    token = {"authorization": f"Bearer {heads['vendure-auth-token']}"}
    client.ask(who, credentials=token)
    client.write(folder, "login", "A user and a password become a token, in a header of the answer.")
    client.ask(who)
    client.write(folder, "api_key", "A key instead, which does not end.")
    client.ask(query, {**right, "password": "wrong"}, credentials={})
    client.ask(query, {**right, "user": "nobody"}, credentials={})
    client.write(folder, "login_refused", "A wrong password and an unknown user: status 200, a member of the union.")
    stock = "{ stockLocations { items { id } } }"
    for credentials in ({}, {"authorization": "Bearer " + "0" * 64}, {"vendure-api-key": "nobody:nothing"}):
        client.ask(stock, credentials=credentials)
    client.write(folder, "signed_out", "No token, one that has ended, a key that is none.")


def catalogue(client, folder):
    for skip in (0, 5, 10):
        client.ask(VARIANTS, {"since": "2020-01-01T00:00:00.000Z", "skip": skip})
    client.write(folder, "variants", "All variants, five a page, the oldest change first.")
    last = client.data("{ productVariants(options: { sort: { updatedAt: DESC }, take: 1 }) { items { updatedAt } } }")
    bunting = client.data('{ productVariants(options: { filter: { sku: { eq: "47566" } } }) { items { id product { id } } } }')
    client.heard = []
    bunting = bunting["items"][0]
    price = "mutation Price($id: ID!, $price: Money!) { updateProductVariants(input: [{ id: $id, price: $price }]) { id priceWithTax updatedAt } }"
    client.ask(price, {"id": bunting["id"], "price": 495})
    client.ask(VARIANTS, {"since": last["items"][0]["updatedAt"], "skip": 0})
    client.write(folder, "variants_changed", "A price changes: the variant's time moves, the product's does not.")
    rename = "mutation Name($id: ID!) { updateProduct(input: { id: $id, translations: [{ languageCode: en, name: \"Party bunting, long\" }] }) { id updatedAt } }"
    client.ask(rename, {"id": bunting["product"]["id"]})
    client.ask(VARIANTS, {"since": last["items"][0]["updatedAt"], "skip": 0})
    client.write(folder, "product_renamed", "A product is renamed: its own time moves, its variant keeps its name and its time.")
    client.ask("""{ activeChannel { defaultTaxZone { id name } pricesIncludeTax }
      taxCategories { items { id name isDefault } }
      taxRates { items { id name value enabled category { id } zone { id } customerGroup { id } } } }""")
    client.write(folder, "taxes", "Tax categories and the rates of the channel's zone, in percent.")
    client.ask("{ stockLocations { items { id name } } shippingMethods { items { id code name } } paymentMethods { items { id code name enabled } } channels { items { id code token } } }")
    client.write(folder, "places", "Stock locations, ways to ship and to pay, channels.")


STOCK = """mutation Stock($id: ID!, $levels: [StockLevelInput!]) {
  updateProductVariants(input: [{ id: $id, stockLevels: $levels }]) {
    id sku updatedAt stockLevels { stockLocationId stockOnHand stockAllocated } } }"""


def variant(client, sku):
    found = client.data("query Find($sku: String!) { productVariants(options: { filter: { sku: { eq: $sku } } }) { items { id } } }", sku=sku)
    client.heard.pop()
    return found["items"][0]["id"]


def stock(client, folder):
    heart = variant(client, "85123A")
    client.ask(STOCK, {"id": heart, "levels": [{"stockLocationId": "1", "stockOnHand": 77}]})
    client.write(folder, "stock", "What lies in one location is set; the other stays.")
    client.ask(STOCK, {"id": heart, "levels": [{"stockLocationId": "9", "stockOnHand": 5}]})
    client.ask(STOCK, {"id": "999", "levels": [{"stockLocationId": "1", "stockOnHand": 5}]})
    client.ask(STOCK, {"id": heart, "levels": [{"stockLocationId": "1", "stockOnHand": -3}]})
    client.ask(STOCK, {"id": heart, "levels": [{"stockLocationId": "1", "stockOnHand": 2.5}]})
    client.write(folder, "stock_refused", "A location and a variant that are not there, less than nothing, half a piece.")


def place(client, skus, method="pickup"):
    """An order as a buyer places it."""
    client.buyer = {}
    for sku, quantity in skus:
        client.shop(
            f"mutation Add($id: ID!, $quantity: Int!) {{ addItemToOrder(productVariantId: $id, quantity: $quantity) {{ {ERROR} ... on Order {{ id }} }} }}",
            id=variant(client, sku),
            quantity=quantity,
        )
    client.shop(
        f"""mutation Who {{ setCustomerForOrder(input: {{ firstName: "Daniel", lastName: "Okafor",
          emailAddress: "daniel.okafor@example.org" }}) {{ {ERROR} ... on Order {{ id }} }} }}"""
    )
    client.shop(
        f"""mutation Where {{ setOrderShippingAddress(input: {{ fullName: "Daniel Okafor", streetLine1: "3 Elm Grove",
          city: "Brighton", postalCode: "BN2 3ES", countryCode: "GB" }}) {{ {ERROR} ... on Order {{ id }} }} }}"""
    )
    ways = client.shop("{ eligibleShippingMethods { id code priceWithTax } }")
    way = next(way["id"] for way in ways if way["code"] == method)
    client.shop(f"mutation Way($id: [ID!]!) {{ setOrderShippingMethod(shippingMethodId: $id) {{ {ERROR} ... on Order {{ id }} }} }}", id=[way])
    client.shop(f'mutation Pay {{ transitionOrderToState(state: "ArrangingPayment") {{ {ERROR} ... on Order {{ id }} }} }}')
    paid = client.shop(f'mutation Paid {{ addPaymentToOrder(input: {{ method: "card", metadata: {{}} }}) {{ {ERROR} ... on Order {{ id code state }} }} }}')
    return paid["id"]


def order(client, number):
    return client.data(f"query One($id: ID!) {{ order(id: $id) {{ {ORDER} }} }}", id=number)


FULFIL = f"""mutation Fulfil($lines: [OrderLineInput!]!, $arguments: [ConfigArgInput!]!) {{
  addFulfillmentToOrder(input: {{ lines: $lines, handler: {{ code: "manual-fulfillment", arguments: $arguments }} }}) {{
    {ERROR} ... on Fulfillment {{ id state }} }} }}"""
MOVE = f"""mutation Move($id: ID!, $state: String!) {{ transitionFulfillmentToState(id: $id, state: $state) {{
  {ERROR} ... on FulfillmentStateTransitionError {{ transitionError fromState toState }} ... on Fulfillment {{ id state }} }} }}"""


def fulfil(client, lines):
    arguments = [{"name": "method", "value": "Collected at High Street"}, {"name": "trackingCode", "value": ""}]
    return client.data(FULFIL, lines=lines, arguments=arguments)


def pickup(client, folder):
    number = place(client, (("85123A", 2), ("22423", 1)))
    client.write(folder, "order_placed", "What a buyer does in the shop: two articles, collected there, paid by card.")
    client.ask(PLACED, {"since": "2020-01-01T00:00:00.000Z"})
    client.write(folder, "orders_to_collect", "Orders that are paid; whether they are collected says the code of the way to ship.")
    told = order(client, number)
    client.heard = []
    # Two seconds, so that a time that moves is seen to move.
    time.sleep(2)
    lines = [{"orderLineId": line["id"], "quantity": line["quantity"]} for line in told["lines"]]
    made = fulfil(client, lines)
    client.data(MOVE, id=made["id"], state="Delivered")
    order(client, number)
    client.ask("query Since($since: DateTime!) { orders(options: { filter: { updatedAt: { after: $since } } }) { totalItems } }",
        {"since": told["updatedAt"]})  # fmt: skip
    client.write(folder, "order_collected", "All of it is handed over: a fulfilment, delivered at once. The order's time does not move.")
    fulfil(client, lines)
    client.data(MOVE, id=made["id"], state="Delivered")
    fulfil(client, [])
    client.data(MOVE, id="999", state="Delivered")
    client.write(folder, "order_collected_again", "The same again, an empty one, one that is not there.")


REFUND = f"""mutation Refund($input: RefundOrderInput!) {{ refundOrder(input: $input) {{
  {ERROR} ... on Refund {{ id total state reason transactionId }} ... on RefundAmountError {{ maximumRefundable }} }} }}"""
CANCEL = f"""mutation Cancel($input: CancelOrderInput!) {{ cancelOrder(input: $input) {{ {ERROR} ... on Order {{ id state }} }} }}"""


def refund(client, folder):
    number = place(client, (("85123A", 2),))
    told = order(client, number)
    client.heard = []
    paid, line = told["payments"][0], told["lines"][0]
    wanted = {"paymentId": paid["id"], "amount": 295, "reason": "Tillbridge HS1-000130"}
    back = [{"orderLineId": line["id"], "quantity": 1}]
    client.data(REFUND, input=wanted)
    client.data(REFUND, input={**wanted, "lines": back, "shipping": 0, "adjustment": 0})
    client.data(CANCEL, input={"orderId": number, "lines": back, "reason": "came back", "cancelShipping": False})
    order(client, number)
    client.write(folder, "refund", "Half of it is paid back, in the short form and in the old one; goods come back by a call of their own.")
    client.data(REFUND, input={**wanted, "amount": 99_999})
    client.data(REFUND, input={**wanted, "paymentId": "999"})
    client.write(folder, "refund_refused", "More than was paid, and of a payment that is not there.")


def till_sale(client, folder):
    found = """query Known($mark: String!) { orders(options: { filter: { transactionId: { eq: $mark } } }) {
      totalItems items { id code state totalWithTax } } }"""
    client.ask(found, {"mark": "HS1-000123/0f3c2a11"})
    draft = client.data("mutation Draft { createDraftOrder { id code state } }")
    for sku, quantity in (("85123A", 2), ("LOOSE01", 1)):
        client.data(
            f"""mutation Add($order: ID!, $input: AddItemToDraftOrderInput!) {{ addItemToDraftOrder(orderId: $order, input: $input) {{
              {ERROR} ... on Order {{ id totalWithTax lines {{ id quantity unitPriceWithTax }} }} }} }}""",
            order=draft["id"],
            input={"productVariantId": variant(client, sku), "quantity": quantity},
        )
    client.data(
        f"""mutation Who($order: ID!, $input: CreateCustomerInput!) {{ setCustomerForDraftOrder(orderId: $order, input: $input) {{
          {ERROR} ... on Order {{ id customer {{ id }} }} }} }}""",
        order=draft["id"],
        input={"firstName": "Till", "lastName": "High Street", "emailAddress": "till@hearth.example"},
    )
    client.data(
        """mutation Where($order: ID!, $input: CreateAddressInput!) { setDraftOrderShippingAddress(orderId: $order, input: $input) { id } }""",
        order=draft["id"],
        input={"streetLine1": "14 High Street", "city": "Brighton", "postalCode": "BN1 1AA", "countryCode": "GB"},
    )
    ways = client.data("query Ways($order: ID!) { eligibleShippingMethodsForDraftOrder(orderId: $order) { id code } }", order=draft["id"])
    client.data(
        f"mutation Way($order: ID!, $way: ID!) {{ setDraftOrderShippingMethod(orderId: $order, shippingMethodId: $way) {{ {ERROR} ... on Order {{ id totalWithTax }} }} }}",
        order=draft["id"],
        way=next(way["id"] for way in ways or [{"id": "1", "code": "pickup"}] if way["code"] == "pickup"),
    )
    step = f"""mutation Step($order: ID!, $state: String!) {{ transitionOrderToState(id: $order, state: $state) {{
      {ERROR} ... on OrderStateTransitionError {{ transitionError fromState toState }} ... on Order {{ id state }} }} }}"""
    client.data(step, order=draft["id"], state="ArrangingPayment")
    pay = f"""mutation Paid($input: ManualPaymentInput!) {{ addManualPaymentToOrder(input: $input) {{
      {ERROR} ... on Order {{ id state payments {{ id method amount state transactionId }} }} }} }}"""
    manual = {"orderId": draft["id"], "method": "pos-cash", "transactionId": "HS1-000123/0f3c2a11"}
    client.data(pay, input={**manual, "metadata": {"register": "High Street 1"}})
    told = order(client, draft["id"])
    fulfil(client, [{"orderLineId": line["id"], "quantity": line["quantity"]} for line in told["lines"]])
    client.data(MOVE, id=client.heard[-1]["response"]["body"]["data"]["addFulfillmentToOrder"]["id"], state="Delivered")
    client.ask(found, {"mark": "HS1-000123/0f3c2a11"})
    order(client, draft["id"])
    client.write(folder, "till_sale", "A sale of the till as an order: looked up by its number, a draft, paid by hand, handed over.")
    client.data(pay, input=manual)
    client.data(step, order=draft["id"], state="ArrangingPayment")
    client.write(folder, "till_sale_again", "Paid once more, and a step that is not allowed.")


# What our own connector asks (backend/connectors/src/vendure): a test holds it against these.
CHANNEL = """activeChannel { code defaultCurrencyCode defaultLanguageCode pricesIncludeTax }
  globalSettings { trackInventory serverConfig { moneyStrategyPrecision } }"""
OWN = """id sku name enabled trackInventory createdAt updatedAt priceWithTax prices { currencyCode price } taxCategory { name }
  options { name } product { name enabled updatedAt } customFields { barcode }"""
LOOK = f"query Look {{ {CHANNEL} productVariants(options: {{ take: 1 }}) {{ totalItems items {{ id customFields {{ barcode }} }} }} }}"
PAGE = f"query Variants($options: ProductVariantListOptions) {{ {CHANNEL} productVariants(options: $options) {{ items {{ {OWN} }} }} }}"
PRODUCTS = f"query Products($options: ProductListOptions) {{ {CHANNEL} products(options: $options) {{ items {{ id updatedAt }} }} }}"
WRITABLE = "id enabled prices { currencyCode price } translations { languageCode name } product { enabled }"
BEFORE = f"query Variant($id: ID!) {{ {CHANNEL} productVariant(id: $id) {{ {WRITABLE} }} }}"
WRITE = f"mutation Write($input: UpdateProductVariantInput!) {{ updateProductVariants(input: [$input]) {{ {WRITABLE} }} }}"


def options(time, **filters):
    return {"options": {"skip": 0, "take": 100, "sort": {time: "ASC"}, "filter": filters}}


def may_read(client):
    """A key that may read the catalogue and nothing else."""
    role = client.data('mutation { createRole(input: { code: "reader", description: "reads", permissions: [ReadCatalog] }) { id } }')
    key = client.data(
        """mutation Key($roles: [ID!]!) { createApiKey(input: { roleIds: $roles,
          translations: [{ languageCode: en, name: "reads" }] }) { apiKey } }""",
        roles=[role["id"]],
    )["apiKey"]
    client.secrets[key] = "KEY"
    return {"vendure-api-key": key}


def connector(client, folder):
    client.ask(LOOK)
    client.write(folder, "connector_look", "Who is there, as our connector asks.")
    client.ask(PAGE, options("createdAt"))
    client.write(folder, "connector_all", "All variants, in the order they were made.")
    stand, heart = variant(client, "22423"), variant(client, "85123A")
    last = client.data("{ productVariants(options: { sort: { updatedAt: DESC }, take: 1 }) { items { updatedAt } } }")
    since = last["items"][0]["updatedAt"]
    client.heard = []
    time.sleep(1)
    client.ask(BEFORE, {"id": stand})
    client.ask(WRITE, {"input": {"id": stand, "enabled": False, "translations": [{"languageCode": "en", "name": "Cakestand"}], "price": 1450}})
    client.ask(BEFORE, {"id": stand})
    client.write(folder, "connector_write", "Name, price and switch of a variant are written; it is looked at before, and once more.")
    product = client.data("query Of($id: ID!) { productVariant(id: $id) { product { id } } }", id=heart)["product"]["id"]
    client.data(
        "mutation Off($id: ID!) { updateProduct(input: { id: $id, enabled: false, translations: [{ languageCode: en, name: \"Heart\" }] }) { id } }",
        id=product,
    )
    client.heard = []
    client.ask(PAGE, options("updatedAt", updatedAt={"after": since}))
    client.ask(PRODUCTS, options("updatedAt", updatedAt={"after": since}))
    client.ask(PAGE, options("createdAt", productId={"in": [product]}))
    client.write(folder, "connector_changed", "A variant was changed, and a product was disabled: two lists, and the variants of that product.")
    reads = may_read(client)
    client.heard = []
    client.ask(BEFORE, {"id": "999"})
    client.ask(WRITE, {"input": {"id": "999", "price": 5}})
    client.ask(WRITE, {"input": {"id": heart, "price": 300}}, credentials=reads)
    client.ask(LOOK.replace("barcode", "ean"))
    client.write(folder, "connector_refused", "A variant that is not there, no right to change one, a custom field that is not there.")


def errors(client, folder):
    client.ask("{ nothing }")
    client.ask("{ productVariants(options: { take: 5000 }) { items { id } } }")
    client.ask("{ order(id: 999) { id } }")
    client.ask("mutation { updateProductVariants(input: [{ id: 1, price: \"cheap\" }]) { id } }")
    client.ask("{ broken")
    client.write(folder, "errors", "A field that is not there, too much at once, an order that is not there, a wrong value, no GraphQL.")


def main(address, password, key, where):
    client, folder = Recorder(address, password, key), Path(where)
    folder.mkdir(parents=True, exist_ok=True)
    sign_in(client, folder)
    catalogue(client, folder)
    stock(client, folder)
    pickup(client, folder)
    refund(client, folder)
    till_sale(client, folder)
    errors(client, folder)
    connector(client, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
