use super::sniff;
use crate::Source;

#[test]
fn a_body_is_what_it_looks_like() {
    for (text, kind) in [
        ("oauth_problem=x", Source::FormBody),
        ("a=b&oauth_problem=x", Source::FormBody),
        ("oauth_problem=\"x\", realm=\"y\"", Source::Text),
        ("Status 401 - oauth_problem=x", Source::Text),
        ("a=b", Source::Text),
        ("", Source::Text),
        ("{\"a\":1}", Source::Json),
        ("[1]", Source::Json),
        ("<!DOCTYPE HTML><title>x</title>", Source::Html),
        ("<HTML>", Source::Html),
        ("<?xml version=\"1.0\"?><a/>", Source::Xml),
    ] {
        assert_eq!(sniff(text), kind, "{text}");
    }
}
