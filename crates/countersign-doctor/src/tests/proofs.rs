//! What may be called proven, and what may not.

use countersign_capture::OwnedAnswer;
use countersign_clock::UnixTime;
use countersign_encoding::encode;
use countersign_key::Secret;
use countersign_signature::{Hash, HmacKey, Method, Signer, body_hash};

use super::{PHOTO, diagnosed, found, keys};
use crate::{Case, Diagnosis, Keys, Verdict, diagnose};

fn signed(base: &str) -> String {
    let key = HmacKey::new(
        &Secret::new("kd94hf93k423kf44"),
        Some(&Secret::new("pfkkdhi9sl3r4s00")),
    );
    let signer = Signer::hmac(Method::HMAC_SHA1, &key).unwrap();
    signer.sign(base.as_bytes(), None).unwrap().to_base64()
}

/// A JSON request with this hash, rightly signed if asked for.
fn hashed(hash: &str, right: bool) -> String {
    let base = format!(
        "POST&https%3A%2F%2Fexample.com%2Fx&{}",
        encode(&format!(
            "oauth_body_hash={}&oauth_consumer_key=dpf43f3p2l4k3l03&oauth_nonce=chapoHchapoH\
             &oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131202\
             &oauth_token=nnch734d00sl2jdk",
            encode(hash)
        ))
    );
    let signature = if right { signed(&base) } else { signed("x") };
    format!(
        "POST /x HTTP/1.1\r\nHost: example.com\r\nContent-Type: application/json\r\n\
         Content-Length: 5\r\nAuthorization: OAuth oauth_consumer_key=\"dpf43f3p2l4k3l03\", \
         oauth_token=\"nnch734d00sl2jdk\", oauth_signature_method=\"HMAC-SHA1\", \
         oauth_timestamp=\"137131202\", oauth_nonce=\"chapoHchapoH\", oauth_body_hash=\"{}\", \
         oauth_signature=\"{}\"\r\n\r\nnull\n",
        encode(hash),
        encode(&signature)
    )
}

#[test]
fn a_body_hash_is_the_proven_cause_only_if_the_signature_holds() {
    let hash = body_hash::compute(Hash::Sha1, b"null");
    let diagnosis = diagnosed(&hashed(&hash, true), &keys(), |case| case);
    assert_eq!(found(&diagnosis), [("bodyhash.wrong_bytes", "proven")]);
    let notes: Vec<_> = diagnosis.findings()[0]
        .evidence
        .iter()
        .filter_map(|evidence| evidence.note.as_deref())
        .collect();
    assert_eq!(
        notes,
        ["it is the SHA-1 of this body without the line end at its end"],
        "not: of the text null"
    );
    for (right, keys) in [(false, keys()), (true, Keys::default())] {
        let diagnosis = diagnosed(&hashed(&hash, right), &keys, |case| case);
        assert!(
            found(&diagnosis).contains(&("bodyhash.wrong_bytes", "likely")),
            "{:?}",
            found(&diagnosis)
        );
    }
}

fn answered(status: u16, date: &str, body: &str) -> String {
    format!("{PHOTO}HTTP/1.1 {status} X\r\nDate: Tue, 07 May 1974 {date} GMT\r\n\r\n{body}")
}

#[test]
fn an_accepted_request_has_no_cause_of_refusal() {
    // Ten minutes off, and the provider said yes all the same.
    let accepted = diagnosed(
        &answered(200, "04:10:02", "{\"ok\":true}"),
        &keys(),
        |case| case,
    );
    assert_eq!(found(&accepted), []);
    assert_eq!(accepted.verdict(), Verdict::Valid);
    let refused = diagnosed(&answered(401, "04:10:02", ""), &keys(), |case| case);
    assert_eq!(refused.verdict(), Verdict::Explained);
    // The keys at hand are other ones than the provider's: nothing is more than possible.
    let other = keys().with_consumer_secret(Secret::new("another"));
    let accepted = diagnosed(&answered(200, "04:10:02", "{}"), &other, |case| case);
    assert!(!found(&accepted).is_empty());
    for (code, confidence) in found(&accepted) {
        assert_eq!(confidence, "possible", "{code}");
    }
}

#[test]
fn a_clock_that_is_off_is_not_proven_against_the_words_of_the_answer() {
    let skew = |body: &str| {
        let diagnosis = diagnosed(&answered(401, "04:10:02", body), &keys(), |case| case);
        found(&diagnosis)
            .into_iter()
            .find(|(code, _)| code.starts_with("time."))
            .map(|(_, confidence)| confidence)
    };
    assert_eq!(skew("oauth_problem=timestamp_refused"), Some("proven"));
    assert_eq!(skew("oauth_problem=token_rejected"), Some("likely"));
}

#[test]
fn the_range_of_the_provider_counts_and_not_the_usual_one() {
    let status = |range: &str| {
        let body = format!("oauth_problem=timestamp_refused&oauth_acceptable_timestamps={range}");
        let diagnosis = diagnosed(&answered(401, "04:00:02", &body), &keys(), |case| case);
        let check = diagnosis
            .checks()
            .iter()
            .find(|check| check.id == "timestamp");
        (check.unwrap().status.as_str(), found(&diagnosis))
    };
    // 100 s from its middle: inside 300 s, outside 60 s.
    let (check, findings) = status("137131242-137131362");
    assert_eq!(check, "fail");
    assert!(
        matches!(findings[..], [(code, "proven")] if code.starts_with("time.")),
        "{findings:?}"
    );
    assert_eq!(status("137131142-137131262").0, "ok");
}

#[test]
fn the_window_that_the_answer_names_counts() {
    let status = |seconds: u32| {
        let body = format!(
            "oauth_problem=timestamp_refused&oauth_problem_advice=The timestamp is too old, it must \
             be at most {seconds} seconds before the server's current date and time"
        );
        let diagnosis = diagnosed(&answered(401, "04:07:02", &body), &keys(), |case| case);
        let mut checks = diagnosis.checks().iter();
        checks.find(|check| check.id == "timestamp").unwrap().status
    };
    assert_eq!(status(300).as_str(), "fail");
    assert_eq!(status(900).as_str(), "ok");
}

#[test]
fn the_clocks_that_an_answer_names_are_compared() {
    let answer = OwnedAnswer::new()
        .with_status(401)
        .with_body("oauth_problem=timestamp_refused&oauth_problem_advice=The timestamp is too old");
    let mut bare = diagnose(&Case::default().with_answer(&answer));
    assert!(
        found(&bare)
            .iter()
            .all(|(_, confidence)| *confidence == "possible")
    );
    // A text of a row with both clocks in its gaps.
    let answer = OwnedAnswer::new()
        .with_status(401)
        .with_body("Expired timestamp, yours 1191242096, ours 1191252096");
    let Some(read) = answer.problem() else {
        panic!("the text is known");
    };
    assert_eq!(read.server_time, Some(1_191_252_096));
    bare = diagnose(&Case::default().with_answer(&answer));
    assert!(
        matches!(found(&bare)[..], [(code, "likely"), ..] if code.starts_with("time.")),
        "{:?}",
        found(&bare)
    );
}

#[test]
fn a_custom_of_verifiers_is_no_proven_breach() {
    // The RFC does not say how long a nonce may be.
    let nonce = "n".repeat(300);
    let base = format!(
        "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&{}",
        encode(&format!(
            "file=vacation.jpg&oauth_consumer_key=dpf43f3p2l4k3l03&oauth_nonce={nonce}\
             &oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131202\
             &oauth_token=nnch734d00sl2jdk&size=original"
        ))
    );
    let text = PHOTO
        .replace("chapoH", &nonce)
        .replace("MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D", &encode(&signed(&base)));
    let diagnosis = diagnosed(&text, &keys(), |case| case);
    assert_eq!(found(&diagnosis), [("hdr.value_malformed", "likely")]);
}

#[test]
fn the_method_really_used_is_proven_with_the_keys() {
    // HMAC-SHA256 declared, SHA-1 used, over the base string with the declared name.
    let base = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg\
        %26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3DchapoH\
        %26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D137131202\
        %26oauth_token%3Dnnch734d00sl2jdk%26size%3Doriginal";
    let text = |signature: &str| {
        PHOTO
            .replace("HMAC-SHA1", "HMAC-SHA256")
            .replace("MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D", &encode(signature))
    };
    let diagnosis = diagnosed(&text(&signed(base)), &keys(), |case| case);
    assert_eq!(found(&diagnosis), [("sig.alg_mismatch", "proven")]);
    let diagnosis = diagnosed(&text(&signed("another text")), &keys(), |case| case);
    assert_eq!(found(&diagnosis), [("sig.alg_mismatch", "likely")]);
}

#[test]
fn plaintext_is_judged_too() {
    let text = |signature: &str| {
        PHOTO
            .replace("HMAC-SHA1", "PLAINTEXT")
            .replace("MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D", &encode(signature))
    };
    let right = diagnosed(
        &text("kd94hf93k423kf44&pfkkdhi9sl3r4s00"),
        &keys(),
        |case| case.with_provider_signature("kd94hf93k423kf44&pfkkdhi9sl3r4s00"),
    );
    assert_eq!(found(&right), [("config.library_misuse", "possible")]);
    assert_eq!(right.verdict(), Verdict::Valid, "a remark");
    let check = right
        .checks()
        .iter()
        .find(|check| check.id == "provider_signature");
    assert_eq!(check.unwrap().status.as_str(), "ok");
    let half = diagnosed(&text("kd94hf93k423kf44"), &keys(), |case| case);
    assert_eq!(found(&half), [("key.missing_ampersand", "proven")]);
    let wrong = diagnosed(&text("kd94hf93k423kf45"), &keys(), |case| case);
    assert_eq!(found(&wrong), [("sig.mismatch", "possible")]);
    assert_eq!(wrong.verdict(), Verdict::Unexplained);
}

const RIGHT: &str = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg\
    %26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3DchapoH\
    %26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131202\
    %26oauth_token%3Dnnch734d00sl2jdk%26size%3Doriginal";

fn with_client_text(keys: &Keys, text: &str) -> Diagnosis {
    diagnosed(PHOTO, keys, |case| {
        Case {
            client_base_string: None,
            ..case
        }
        .with_client_base_string(Box::leak(text.to_owned().into_boxed_str()))
    })
}

#[test]
fn a_scheme_that_is_not_known_is_no_difference() {
    let wrong = keys().with_consumer_secret(Secret::new("another"));
    for scheme in ["http%3A", "https%3A"] {
        let diagnosis = with_client_text(&wrong, &RIGHT.replace("http%3A", scheme));
        assert_eq!(
            found(&diagnosis),
            [("key.wrong_value", "likely")],
            "{scheme}"
        );
    }
}

#[test]
fn without_keys_the_right_text_says_nothing_of_them() {
    assert_eq!(found(&with_client_text(&Keys::default(), RIGHT)), []);
}

#[test]
fn layers_around_a_printed_base_string_are_taken_off() {
    for text in [
        RIGHT.replace('&', "&amp;"),
        RIGHT.replace('&', "\\u0026"),
        encode(RIGHT).into_owned(),
        format!("\"{RIGHT}\"\n"),
    ] {
        let diagnosis = with_client_text(&keys(), &text);
        assert_eq!(found(&diagnosis), [], "{text}");
    }
}

#[test]
fn a_provider_that_computes_what_the_client_signed_does_not_refuse_the_signature() {
    let theirs = RIGHT
        .replace("http%3A", "https%3A")
        .replace("photos.example", "www.example");
    let text = PHOTO.replace(
        "MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D",
        &encode(&signed(&theirs)),
    );
    let diagnosis = diagnosed(&text, &keys(), |case| {
        case.with_provider_base_string(Box::leak(theirs.clone().into_boxed_str()))
    });
    assert!(
        found(&diagnosis)
            .iter()
            .all(|(_, confidence)| *confidence == "possible"),
        "{:?}",
        found(&diagnosis)
    );
    assert!(
        diagnosis
            .next()
            .is_some_and(|next| next.contains("received"))
    );
}

#[test]
fn what_a_provider_printed_stands_in_remedies_without_control_characters() {
    for host in ["ph\u{1b}\0os.example", "ph%0Aos.example"] {
        let theirs = RIGHT.replace("photos.example", host);
        let diagnosis = diagnosed(PHOTO, &keys(), |case| {
            case.with_provider_base_string(Box::leak(theirs.clone().into_boxed_str()))
        });
        let remedies = || diagnosis.findings().iter().flat_map(|one| &one.remedies);
        assert!(
            remedies().any(|remedy| remedy.contains("os.example.net/photos")),
            "{:?}",
            diagnosis.findings()
        );
        for remedy in remedies() {
            assert!(!remedy.contains(char::is_control), "{remedy:?}");
        }
    }
}

#[test]
fn a_misspelling_does_not_hide_what_else_is_missing() {
    let text = PHOTO
        .replace("oauth_nonce", "oauth_nonse")
        .replace("oauth_timestamp=\"137131202\", ", "");
    let codes: Vec<_> = found(&diagnosed(&text, &keys(), |case| case));
    assert!(
        codes.contains(&("hdr.param_name_typo", "likely")),
        "{codes:?}"
    );
    assert!(codes.contains(&("hdr.param_absent", "likely")), "{codes:?}");
}

#[test]
fn keys_of_another_consumer_are_noticed() {
    let other = keys()
        .with_consumer_key("other-consumer")
        .with_consumer_secret(Secret::new("other"));
    let diagnosis = diagnosed(PHOTO, &other, |case| case);
    assert_eq!(found(&diagnosis), [("sig.mismatch", "possible")]);
    assert!(
        diagnosis
            .next()
            .is_some_and(|next| next.contains("oauth_consumer_key"))
    );
    assert!(
        diagnosis.findings()[0]
            .evidence
            .iter()
            .any(|evidence| evidence.what == "oauth_consumer_key")
    );
}

#[test]
fn debug_output_and_findings_withhold_what_opens_something() {
    let text = PHOTO.replace(
        "size=original",
        "size=original&x_auth_password=canary%20x&oauth_verifier=canary-verifier",
    );
    let client = format!(
        "{}%26x_auth_password%3Dcanary%2Bx",
        RIGHT.replace("http%3A", "https%3A")
    );
    let diagnosis = diagnosed(&text, &keys(), |case| {
        case.with_client_base_string(Box::leak(client.clone().into_boxed_str()))
    });
    let shown = format!(
        "{diagnosis:?} {:?} {:?}",
        diagnosis.findings(),
        diagnosis.checks()
    );
    assert!(!shown.contains("canary"), "{shown}");
    assert!(
        diagnosis
            .base_string()
            .is_some_and(|base| base.contains("canary"))
    );
}

#[test]
fn a_text_that_was_not_signed_is_no_cause() {
    // The signature of the photo request is right: whatever the client prints, it signed that.
    let diagnosis = with_client_text(&keys(), &RIGHT.replace("vacation", "other"));
    assert_eq!(found(&diagnosis), []);
    let check = diagnosis
        .checks()
        .iter()
        .find(|check| check.id == "client_base_string");
    assert_eq!(check.unwrap().status.as_str(), "warn");
}

#[test]
fn a_right_signature_refused_in_silence_is_not_the_callers_fault() {
    let diagnosis = diagnosed(&answered(401, "04:00:02", "denied"), &keys(), |case| case);
    assert_eq!(found(&diagnosis), [("env.mismatch", "possible")]);
    let first = &diagnosis.findings()[0];
    let also: Vec<_> = first.also.iter().map(|code| code.as_str()).collect();
    assert!(also.contains(&"provider.fault"), "{also:?}");
    assert!(!also.contains(&"sig.mismatch"), "{also:?}");
    assert!(
        diagnosis
            .next()
            .is_some_and(|next| next.contains("environment"))
    );
    let said = &first.evidence[0].note;
    assert!(
        said.as_deref()
            .is_some_and(|note| note.contains("leave the code alone"))
    );
}

#[test]
fn what_was_read_out_of_a_json_body_is_named_so() {
    let text = hashed("AAAA", false).replace("oauth_body_hash=\"AAAA\", ", "");
    let base = format!(
        "POST&https%3A%2F%2Fexample.com%2Fx&{}",
        encode(
            "null=&oauth_consumer_key=dpf43f3p2l4k3l03&oauth_nonce=chapoHchapoH\
             &oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131202\
             &oauth_token=nnch734d00sl2jdk"
        )
    );
    let text = text.replace(&*encode(&signed("x")), &encode(&signed(&base)));
    let diagnosis = diagnosed(&text, &keys(), |case| {
        case.with_client_base_string(Box::leak(base.clone().into_boxed_str()))
    });
    assert_eq!(
        found(&diagnosis),
        [("sbs.non_form_body_included", "proven")]
    );
}

#[test]
fn whole_hours_are_a_clock_and_not_a_unit() {
    let text = PHOTO.replace("137131202", "1700007200");
    let diagnosis = diagnosed(&text, &keys(), |case| {
        case.at(UnixTime::from_seconds(1_700_000_000))
    });
    assert_eq!(
        found(&diagnosis),
        [("time.skew", "likely"), ("sig.mismatch", "possible")]
    );
}

#[test]
fn the_wrong_example_of_the_rfc_is_recognised() {
    let text = PHOTO.replace(
        "MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D",
        "bYT5CMsGcbgUdFHObYMEfcx6bsw%3D",
    );
    assert_eq!(
        found(&diagnosed(&text, &keys(), |case| case)),
        [("spec.example_wrong", "likely")]
    );
}

#[test]
fn a_plaintext_signature_encoded_twice_is_proven() {
    let text = |signature: &str| {
        PHOTO
            .replace("HMAC-SHA1", "PLAINTEXT")
            .replace("MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D", signature)
    };
    let twice = text("kd94hf93k423kf44%2526pfkkdhi9sl3r4s00");
    assert_eq!(
        found(&diagnosed(&twice, &keys(), |case| case)),
        [("sig.double_encoded", "proven")]
    );
    let wrong = text("kd94hf93k423kf45%2526pfkkdhi9sl3r4s00");
    assert_eq!(
        found(&diagnosed(&wrong, &keys(), |case| case)),
        [("sig.mismatch", "possible")]
    );
}

#[test]
fn a_raw_value_and_a_few_raw_characters_are_two_faults() {
    let code = |sent: &str, theirs: &str| {
        let text = PHOTO.replace("vacation.jpg", sent);
        let base = RIGHT.replace("vacation.jpg", &encode(theirs));
        let text = text.replace("MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D", &encode(&signed(&base)));
        let diagnosis = diagnosed(&text, &keys(), |case| {
            case.with_client_base_string(Box::leak(base.clone().into_boxed_str()))
        });
        let best = &diagnosis.findings()[0];
        assert_eq!(best.confidence.as_str(), "proven");
        let mut codes: Vec<_> = best.also.iter().map(|code| code.as_str()).collect();
        codes.push(best.code.as_str());
        codes
    };
    for (sent, theirs, expected) in [
        ("a%3D%3D", "a==", "enc.single_encoded"),
        ("a%20b", "a b", "enc.single_encoded"),
        ("a%21", "a!", "enc.reserved_chars"),
        ("a%20b%21", "a%20b!", "enc.reserved_chars"),
    ] {
        let codes = code(sent, theirs);
        assert!(codes.contains(&expected), "{theirs}: {codes:?}");
    }
}

#[test]
fn hostile_requests_give_short_and_printable_findings() {
    let mut many = String::new();
    for i in 0..5000 {
        many.push_str(&format!("&oauth_non{i}"));
    }
    let text = PHOTO
        .replace("oauth_nonce=\"chapoH\", ", "oauth_nonc%1B=\"\", ")
        .replace("size=original", &format!("size=original{many}"));
    let diagnosis = diagnosed(&text, &keys(), |case| case);
    assert!(
        found(&diagnosis).contains(&("hdr.param_name_typo", "likely")),
        "{:?}",
        found(&diagnosis)
    );
    for finding in diagnosis.findings() {
        assert!(finding.evidence.len() <= 24, "{}", finding.code);
        assert!(!format!("{}{:?}", finding.summary, finding.evidence).contains('\u{1b}'));
    }
    for check in diagnosis.checks() {
        assert!(check.detail.len() < 2000, "{}", check.id);
        assert!(!check.detail.contains('\u{1b}'), "{}", check.id);
    }
}
