//! Odoo: its stand-in refuses what Odoo refuses, with Odoo's status and shape.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use fakes::odoo::Odoo;
use fakes::{Asked, Remote};
use serde_json::{Value, json};

fn post(odoo: &mut Odoo, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
    let mut all = vec![("content-type".to_owned(), "application/json".to_owned())];
    all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let asked = Asked {
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: all,
        body: body.to_string().into_bytes(),
    };
    let answer = odoo.answer(&asked);
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
}

fn two(odoo: &mut Odoo, call: &str, body: &Value) -> (u16, Value) {
    let key = format!("bearer {}", odoo.desk().settings["key"]);
    post(odoo, &format!("/json/2/{call}"), &[("authorization", &key)], body)
}

fn rpc(odoo: &mut Odoo, (model, method): (&str, &str), place: &Value, named: &Value) -> Value {
    let settings = odoo.desk().settings;
    let args = json!([settings["database"], 2, settings["key"], model, method, place, named]);
    let body = json!({"jsonrpc": "2.0", "id": 7, "params": {"service": "object", "method": "execute_kw", "args": args}});
    let (status, answer) = post(odoo, "/jsonrpc", &[], &body);
    assert_eq!((status, &answer["jsonrpc"]), (200, &json!("2.0")), "whatever it says");
    answer
}

fn invoice(desk: &fakes::Desk, quantity: i64) -> Value {
    let line = json!({"product_id": 102, "quantity": quantity, "price_unit": 2.95});
    json!({
        "move_type": "out_invoice", "journal_id": desk.store.parse::<i64>().unwrap(), "partner_id": 41, "ref": "R1",
        "invoice_date": "2026-06-21", "invoice_line_ids": [[0, 0, line]],
    })
}

#[test]
fn json_two_refuses_by_status() {
    let mut odoo = Odoo::new(19);
    let desk = odoo.desk();
    let read = |fields: Value| json!({"domain": [], "fields": fields, "limit": 1});
    for (call, body, expected) in [
        ("product.product/search_read", read(json!(["name"])), 200),
        ("product.product/search_read", read(json!(["colour"])), 500),
        ("product.product/search_read", json!({"domain": [["colour", "=", 1]]}), 500),
        ("product.product/search_read", json!({"filter": []}), 422),
        ("product.product/search_read", json!({"ids": [1]}), 422),
        ("product.colour/search_read", json!({}), 404),
        ("product.product/paint", json!({}), 404),
        ("account.move/create", json!({"vals_list": [{"colour": 1}]}), 500),
        ("account.move/create", json!({"vals_list": [{"ref": 1}]}), 500),
        ("account.move/create", json!({"vals_list": [{"state": "posted"}]}), 422),
        ("account.move/create", json!({"vals_list": [{"move_type": "out_invoice", "journal_id": 12}]}), 422),
        ("account.move/create", json!({"vals_list": [{"move_type": "out_invoice", "journal_id": 77}]}), 404),
        ("account.move/action_post", json!({"ids": [77]}), 404),
        ("product.product/write", json!({"ids": [102], "values": {"name": "x"}}), 422),
    ] {
        let (status, answer) = two(&mut odoo, call, &body);
        assert_eq!(status, expected, "{call} {body}: {answer}");
        assert_eq!(answer["name"].is_string() && answer["message"].is_string(), status != 200, "{answer}");
    }
    assert_eq!(post(&mut odoo, "/json/2/product.product/search_read", &[], &json!({})).0, 401);
    let wrong = [("authorization", "bearer wrong")];
    assert_eq!(post(&mut odoo, "/json/2/product.product/search_read", &wrong, &json!({})).0, 401);
    assert_eq!(post(&mut odoo, "/jsonrpc", &[], &json!({})).0, 404);
    // A total below zero is made, and not posted; nothing that is posted is changed or posted again.
    let (_, made) =
        two(&mut odoo, "account.move/create", &json!({"vals_list": [invoice(&desk, -1), invoice(&desk, 1)]}));
    assert_eq!(two(&mut odoo, "account.move/action_post", &json!({"ids": [made[0]]})).0, 422);
    assert_eq!(two(&mut odoo, "account.move/action_post", &json!({"ids": [made[1]]})), (200, json!(false)));
    assert_eq!(two(&mut odoo, "account.move/action_post", &json!({"ids": [made[1]]})).0, 422);
    let write = json!({"ids": [made[1]], "vals": {"ref": "R2"}});
    assert_eq!(two(&mut odoo, "account.move/write", &write).0, 422);
    // Paid once, there is nothing left to pay.
    let window = json!({
        "vals_list": [{"journal_id": 12, "communication": "R1"}],
        "context": {"active_model": "account.move", "active_ids": [made[1]]},
    });
    let (status, opened) = two(&mut odoo, "account.payment.register/create", &window);
    assert_eq!(status, 200, "{opened}");
    assert_eq!(
        two(&mut odoo, "account.payment.register/action_create_payments", &json!({"ids": opened})).0,
        200
    );
    assert_eq!(two(&mut odoo, "account.payment.register/create", &window).0, 422);
    assert_eq!(odoo.booked()[1].paid, [("12".to_owned(), 295)]);
}

#[test]
fn json_rpc_refuses_within_and_by_place() {
    let mut odoo = Odoo::new(17);
    let desk = odoo.desk();
    let name = |answer: &Value| answer["error"]["data"]["name"].as_str().unwrap_or_default().to_owned();
    let values = json!({"name": "x"});
    // By name it is called otherwise there.
    let answer = rpc(&mut odoo, ("product.product", "write"), &json!([[102]]), &json!({"vals": values}));
    assert_eq!(name(&answer), "builtins.ValueError", "{answer}");
    let answer = rpc(&mut odoo, ("product.product", "write"), &json!([[102], values]), &json!({}));
    assert_eq!((&answer["result"], &answer["id"]), (&json!(true), &json!(7)));
    let list = json!({"vals_list": [invoice(&desk, 1)]});
    let answer = rpc(&mut odoo, ("account.move", "create"), &json!([]), &list);
    assert_eq!(name(&answer), "builtins.ValueError", "{answer}");
    let answer = rpc(&mut odoo, ("account.move", "create"), &json!([[invoice(&desk, 1)]]), &json!({}));
    assert_eq!(answer["result"], json!([1]));
    // 17 keeps two decimals of a price and calls a memo so.
    for (field, known) in [("memo", false), ("ref", true)] {
        let domain = json!([[field, "=", "R1"]]);
        let answer = rpc(&mut odoo, ("account.payment", "search_read"), &json!([domain]), &json!({}));
        assert_eq!(answer["result"].is_array(), known, "{answer}");
    }
    assert_eq!(
        name(&rpc(&mut odoo, ("product.colour", "search_read"), &json!([]), &json!({}))),
        "odoo.exceptions.UserError"
    );
    let settings = desk.settings;
    for (args, expected) in [
        (
            json!([settings["database"], 3, settings["key"], "res.company", "search_read", []]),
            "odoo.exceptions.AccessDenied",
        ),
        (
            json!([settings["database"], 2, "wrong", "res.company", "search_read", []]),
            "odoo.exceptions.AccessDenied",
        ),
        (
            json!(["elsewhere", 2, settings["key"], "res.company", "search_read", []]),
            "psycopg2.OperationalError",
        ),
    ] {
        let body =
            json!({"jsonrpc": "2.0", "params": {"service": "object", "method": "execute_kw", "args": args}});
        let (status, answer) = post(&mut odoo, "/jsonrpc", &[], &body);
        assert_eq!((status, name(&answer).as_str()), (200, expected));
    }
}

/// 12.75 with 20 % in it: which of the two is rounded.
#[test]
fn taxes_are_rounded_as_the_version_rounds_them() {
    for (version, net, tax) in [(17, 10.63, 2.12), (18, 10.62, 2.13)] {
        let mut odoo = Odoo::new(version);
        let mut invoice = invoice(&odoo.desk(), 1);
        invoice["invoice_line_ids"][0][2]["price_unit"] = json!(12.75);
        rpc(&mut odoo, ("account.move", "create"), &json!([[invoice]]), &json!({}));
        let fields = json!({"fields": ["amount_untaxed", "amount_tax", "amount_total"]});
        let answer = rpc(&mut odoo, ("account.move", "search_read"), &json!([]), &fields);
        let expected = json!({"id": 1, "amount_untaxed": net, "amount_tax": tax, "amount_total": 12.75});
        assert_eq!(answer["result"], json!([expected]), "{version}");
    }
}
