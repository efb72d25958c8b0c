//! Bodies that are no forms, and forms that were not read.

use super::{Sent, check, check_silent, texts};

const FORM_LIKE: &str = "signed a body that is no form, taken apart like a form";
const AS_ONE: &str = "signed a body that is no form as one parameter";
const MEMBERS: &str = "signed the members of a JSON body as parameters";
const FIELDS: &str = "signed the fields of a multipart body";

const fn with(content_type: &'static str, body: &'static str) -> Sent<'static> {
    Sent {
        header: "",
        query: "q=1",
        content_type: Some(content_type),
        body,
        realm: None,
    }
}

#[test]
fn foreign_bodies() {
    let xml = with("application/xml", "<a>\n<b c=\"d\" />\n</a>");
    let json = with(
        "application/json",
        r#"{"a":1,"z":"x y\u00e9","n":null,"o":{"p":[true,"r"]}}"#,
    );
    let flat = with("application/json", "{\"a\":1}");
    let code = "sbs.non_form_body_included";
    check(&[
        (
            code,
            FORM_LIKE,
            xml,
            "%3Ca%3E%0A%3Cb%20c=%22d%22%20%2F%3E%0A%3C%2Fa%3E&q=1",
        ),
        (
            code,
            FORM_LIKE,
            with("text/plain", "b=2+3&a"),
            "a=&b=2%203&q=1",
        ),
        (
            code,
            FORM_LIKE,
            with("text/plain", "b=2+3&a"),
            "a=&b=2%2B3&q=1",
        ),
        (code, AS_ONE, flat, "%7B%22a%22%3A1%7D=&q=1"),
        (code, AS_ONE, flat, "%7B%22a%22%3A1%7D&q=1"),
        (code, AS_ONE, flat, "=%7B%22a%22%3A1%7D&q=1"),
        (code, AS_ONE, flat, "q=1&{\"a\":1}"),
        (code, AS_ONE, flat, "body=%7B%22a%22%3A1%7D&q=1"),
        (code, MEMBERS, flat, "a=1&q=1"),
        (code, MEMBERS, flat, "a=&q=1"),
        (
            code,
            MEMBERS,
            json,
            "a=1&n=&o=%7B%22p%22%3A%5Btrue%2C%22r%22%5D%7D&q=1&z=x%20y%C3%A9",
        ),
        (
            code,
            MEMBERS,
            json,
            "a=1&n=&o%5Bp%5D%5B0%5D=true&o%5Bp%5D%5B1%5D=r&q=1&z=x%20y%C3%A9",
        ),
        (code, MEMBERS, json, "a=1&n=&q=1&z=x%20y%C3%A9"),
    ]);
    for did in [FORM_LIKE, AS_ONE, MEMBERS] {
        check_silent(&[
            (code, did, Sent::form("a=1")),
            (code, did, with("application/json", "")),
        ]);
    }
    for broken in ["[1,2]", "{\"a\"", "{\"a\":", "{\"a\":1,}", "{\"\\u12", "x"] {
        check_silent(&[(code, MEMBERS, with("application/json", broken))]);
    }
}

#[test]
fn multipart_fields() {
    const BODY: &str = "--x\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nhi you\r\n--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\u{ff}\r\n--x--\r\n";
    let code = "sbs.multipart_or_file_field";
    let sent = with("multipart/form-data; boundary=x", BODY);
    let loose = with("multipart/form-data; boundary=x", "(multipart) status=hi");
    check(&[
        (code, FIELDS, sent, "q=1&status=hi%20you"),
        (code, FIELDS, sent, "photo=%40a.jpg&q=1&status=hi%20you"),
        (code, FIELDS, sent, "photo=a.jpg&q=1&status=hi%20you"),
        (code, FIELDS, sent, "photo=&q=1&status=hi%20you"),
        (code, FIELDS, loose, "q=1&status=hi"),
    ]);
    check_silent(&[
        (code, FIELDS, with("text/plain", "a=1")),
        (code, FIELDS, with("multipart/form-data", "--\r\n\r\n")),
    ]);
}

#[test]
fn forms_as_text() {
    let code = "sbs.form_body_mismatch";
    let did = "signed the text of the form instead of its fields";
    let sent = Sent {
        query: "z=1",
        ..Sent::form("b=2%20c&a=3")
    };
    check(&[
        (code, did, sent, "z=1&b=2%20c&a=3"),
        (code, did, sent, "b%3D2%2520c%26a%3D3=&z=1"),
        (code, did, sent, "b=2%2520c%26a%3D3&z=1"),
    ]);
    assert!(texts(code, did, with("text/plain", "a=1")).is_empty());
}
