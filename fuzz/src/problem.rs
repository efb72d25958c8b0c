use countersign_problem::text::recognise;
use countersign_problem::{Answer, Problem, ProblemCode, explain, harmless, harmless_html, parse};

use crate::split;

/// An answer: challenges, one to a line, an empty line, the body.
///
/// The problem that is found can be written, as a challenge and as a body, and reads back the same; what is made harmless has
/// no control characters and no markup, and stays as it is when made so again.
pub fn problem(data: &[u8]) {
    let (head, body) = split::once(data, b"\n\n");
    let challenges: Vec<&str> = split::text(head).into_iter().flat_map(str::lines).collect();
    let answers = [
        Answer {
            challenges: &challenges,
            body,
            ..Answer::default()
        },
        Answer::from_body(data),
    ];
    for answer in answers {
        if let Some(found) = parse(&answer) {
            reads_back(&found.problem);
            assert!(
                found
                    .realm
                    .as_deref()
                    .is_none_or(|realm| !harmless(realm).contains('\u{1b}'))
            );
        }
    }
    if let Some(text) = split::text(data) {
        printable(text);
        assert!(recognise(text).len() <= 1 + text.len() * 8);
        let _ = explain(text);
        if let Ok(code) = ProblemCode::parse(text) {
            assert_eq!(ProblemCode::parse(code.as_str()), Ok(code.clone()));
            assert!((400..500).contains(&code.status()), "{}", code.status());
        }
    }
}

fn reads_back(problem: &Problem) {
    let body = problem.form_body();
    let from_body = parse(&Answer::from_body(body.as_bytes())).expect("what is written reads");
    assert_eq!(from_body.problem, *problem);
    let challenge = problem.challenge(Some("a \"realm\""));
    let challenges = [challenge.as_str()];
    let from_challenge = parse(&Answer {
        challenges: &challenges,
        ..Answer::default()
    })
    .expect("what is written reads");
    assert_eq!(from_challenge.problem, *problem);
    assert!(challenge.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
}

fn printable(text: &str) {
    let plain = harmless(text);
    assert!(
        !plain
            .chars()
            .any(|character| character.is_control() && character != '\n')
    );
    assert_eq!(harmless(&plain), plain);
    let html = harmless_html(text);
    assert!(!html.contains(['<', '>', '"', '\'']), "{html}");
}
