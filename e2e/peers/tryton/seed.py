"""Fills an empty Tryton with the books of a small British shop that has two stores.

    seed.py ADDRESS DATABASE PASSWORD GOODS.json

Prints one JSON object: what a test cannot look up by name (the key of a user application).
"""

import datetime
import json
import sys
from decimal import Decimal

from rpc import Tryton

STORES = (("High Street", "HS"), ("Station Arcade", "SA"))
CUSTOMERS = (
    ("C-1001", "Grace Adeyemi", "grace.adeyemi@example.org", "07700 900101", "3 Elm Grove", "BN2 3ES", "Brighton"),
    ("C-1004", "Imran Siddiqui", "imran.siddiqui@example.org", "07700 900104", "27 Albany Villas", "BN3 2RT", "Hove"),
)


def company(tryton):
    """Hearth & Gift, in pounds; the user works for it from here on."""
    pound = tryton.create(
        "currency.currency",
        name="Pound Sterling",
        symbol="£",
        code="GBP",
        numeric_code="826",
        rounding=Decimal("0.01"),
        digits=2,
        rates=[["create", [{"date": datetime.date(2025, 1, 1), "rate": Decimal("1")}]]],
    )
    country = tryton.create("country.country", name="United Kingdom", code="GB", code3="GBR", code_numeric="826")
    party = tryton.create(
        "party.party",
        name="Hearth & Gift",
        addresses=[["create", [address("14 High Street", "BN1 1AA", "Brighton", country)]]],
    )
    made = tryton.create("company.company", party=party, currency=pound, timezone="Europe/London")
    tryton.call("model.res.user.write", [tryton.uid], {"companies": [["add", [made]]], "company": made})
    tryton.context["company"] = made
    return made, country


def address(street, postal_code, city, country):
    return {"street_name": street, "postal_code": postal_code, "city": city, "country": country}


def books(tryton, company):
    """The chart of accounts, three years open, and what is owed in VAT."""
    template = tryton.call("model.ir.model.data.get_id", "account.account_template_root_en")
    wizard, *_ = tryton.call("wizard.account.create_chart.create")
    chosen = {"account": {"company": company, "account_template": template}}
    tryton.call("wizard.account.create_chart.execute", wizard, chosen, "create_account")
    receivable = tryton.find("account.account", ["code", "=", "1.2.1"])
    payable = tryton.find("account.account", ["code", "=", "2.1.1"])
    chosen["properties"] = {"company": company, "account_receivable": receivable, "account_payable": payable}
    tryton.call("wizard.account.create_chart.execute", wizard, chosen, "create_properties")
    tryton.call("wizard.account.create_chart.delete", wizard)
    for year in (2025, 2026, 2027):
        fiscal_year(tryton, company, year)


def fiscal_year(tryton, company, year):
    def sequence(kind):
        sequence_type = tryton.find("ir.sequence.type", ["name", "=", kind])
        return tryton.create(
            "ir.sequence.strict", name=f"{kind} {year}", sequence_type=sequence_type, company=company
        )

    invoices = sequence("Invoice")
    made = tryton.create(
        "account.fiscalyear",
        name=str(year),
        company=company,
        start_date=datetime.date(year, 1, 1),
        end_date=datetime.date(year, 12, 31),
        move_sequence=sequence("Account Move"),
        invoice_sequences=[
            [
                "create",
                [
                    {
                        "company": company,
                        "in_invoice_sequence": invoices,
                        "in_credit_note_sequence": invoices,
                        "out_invoice_sequence": invoices,
                        "out_credit_note_sequence": invoices,
                    }
                ],
            ]
        ],
    )
    tryton.call("model.account.fiscalyear.create_period", [made])


def taxes(tryton, company):
    """VAT by its rate in percent."""
    owed = account_like(tryton, "6.3.6", "2.2.5", "VAT owed")
    names = {20: "VAT 20%", 5: "VAT 5%", 0: "VAT 0%"}
    return {
        percent: tryton.create(
            "account.tax",
            name=name,
            description=name,
            company=company,
            type="percentage",
            rate=Decimal(percent) / 100,
            invoice_account=owed,
            credit_note_account=owed,
        )
        for percent, name in names.items()
    }


def account_like(tryton, code, new_code, name):
    """A further account of the same kind."""
    like = tryton.find("account.account", ["code", "=", code])
    return tryton.call("model.account.account.copy", [like], {"name": name, "code": new_code})[0]


def categories(tryton, taxes):
    """What an article needs to be sold and booked, by its rate."""
    revenue = tryton.find("account.account", ["code", "=", "4.1.1"])
    expense = tryton.find("account.account", ["code", "=", "5.1.1"])
    return {
        percent: tryton.create(
            "product.category",
            name=f"Goods at {percent}%",
            accounting=True,
            account_revenue=revenue,
            account_expense=expense,
            customer_taxes=[["add", [tax]]],
        )
        for percent, tax in taxes.items()
    }


def article(tryton, good, units, categories):
    gross = Decimal(good["price"])
    net = (gross / (1 + Decimal(good["vat"]) / 100)).quantize(Decimal("0.0001"))
    codes = [{"type": "ean", "code": good["ean"]}] if good["ean"] else []
    template = tryton.create(
        "product.template",
        name=good["name"],
        code=good["sku"],
        type="goods",
        default_uom=units[good["unit"]],
        sale_uom=units[good["unit"]],
        salable=True,
        list_price=net,
        gross_price=gross.quantize(Decimal("0.0001")),
        account_category=categories[good["vat"]],
        products=[["create", [{"identifiers": [["create", codes]] if codes else []}]]],
    )
    return tryton.find("product.product", ["template", "=", template])


def stores(tryton, company):
    """A warehouse, a place for what comes back and a point of sale for each store; two ways to pay."""
    customers = tryton.find("stock.location", ["code", "=", "CUS"])
    journal = tryton.find("account.journal", ["type", "=", "revenue"])
    sequence_type = tryton.find("ir.sequence.type", ["name", "=", "POS"])
    shelves = []
    for name, code in STORES:
        places = {
            part: tryton.create("stock.location", name=f"{name} {part}", code=f"{code}-{letter}", type="storage")
            for part, letter in (("input", "IN"), ("output", "OUT"), ("shelves", "STO"), ("returns", "RET"))
        }
        tryton.create(
            "stock.location",
            name=name,
            code=code,
            type="warehouse",
            input_location=places["input"],
            output_location=places["output"],
            storage_location=places["shelves"],
            lost_found_location=tryton.find("stock.location", ["type", "=", "lost_found"]),
        )
        returns = {"parent": places["shelves"]}
        tryton.call("model.stock.location.write", [places["returns"]], returns)
        sequence = tryton.create(
            "ir.sequence.strict", name=f"Till {code}", prefix=f"{code}/", sequence_type=sequence_type, company=company
        )
        tryton.create(
            "sale.point",
            name=name,
            company=company,
            tax_included=True,
            sequence=sequence,
            journal=journal,
            storage_location=places["shelves"],
            return_location=places["returns"],
            customer_location=customers,
        )
        shelves.append(places["shelves"])
    cash = tryton.find("account.account", ["code", "=", "1.1.1"])
    terminal = account_like(tryton, "1.1.1", "1.1.9", "Card terminal")
    for name, account, is_cash in (("Cash", cash, True), ("Card", terminal, False)):
        tryton.create("sale.point.payment.method", name=name, company=company, account=account, cash=is_cash)
    return shelves


def count_in(tryton, company, location, counted):
    lines = [{"product": product, "quantity": float(quantity)} for product, quantity in counted if quantity]
    made = tryton.create(
        "stock.inventory",
        company=company,
        location=location,
        date=datetime.date(2026, 1, 2),
        empty_quantity="keep",
        lines=[["create", lines]],
    )
    tryton.call("model.stock.inventory.confirm", [made])


def customers(tryton, country):
    for code, name, mail, phone, street, postal_code, city in CUSTOMERS:
        tryton.create(
            "party.party",
            name=name,
            code=code,
            addresses=[["create", [address(street, postal_code, city, country)]]],
            contact_mechanisms=[
                ["create", [{"type": "email", "value": mail}, {"type": "mobile", "value": phone}]]
            ],
        )


def application_key(tryton):
    """A key that does not end with the session, as the user asks for it and the administrator grants it."""
    key = json.loads(tryton.post("user/application/", {"user": "admin", "application": "rest"}))
    granted = tryton.find("res.user.application", ["user", "=", tryton.uid])
    tryton.call("model.res.user.application.validate_", [granted])
    return key


def main(place, database, password, goods_file):
    tryton = Tryton(place, database, "admin", password)
    with open(goods_file, encoding="utf-8") as file:
        goods = json.load(file)
    ours, country = company(tryton)
    books(tryton, ours)
    kinds = categories(tryton, taxes(tryton, ours))
    units = {
        "piece": tryton.find("product.uom", ["name", "=", "Unit"]),
        "kilogram": tryton.find("product.uom", ["name", "=", "Kilogram"]),
    }
    articles = [article(tryton, good, units, kinds) for good in goods]
    for at, location in enumerate(stores(tryton, ours)):
        counted = [(product, good["stock"][at]) for product, good in zip(articles, goods)]
        count_in(tryton, ours, location, counted)
    customers(tryton, country)
    print(json.dumps({"key": application_key(tryton)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
