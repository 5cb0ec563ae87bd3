//! Tokens that must be accepted, and the many that must not.

use proptest::prelude::*;

use super::*;

const NOW: Micros = Micros::new(1_790_000_000_000_000);
const NOW_SECONDS: i64 = 1_790_000_000;
const SECRET: &str = "a secret of tests, 32 bytes or so";

fn rules() -> TokenRules {
    TokenRules {
        issuer: "trailproof".to_owned(),
        audience: "trailproof".to_owned(),
        roles_claim: "roles".to_owned(),
        services_claim: "services".to_owned(),
    }
}

fn verifier() -> TokenVerifier {
    TokenVerifier::new(&TokenKey::Hs256(SecretString::from(SECRET)), rules())
}

/// Signs any header and payload with our secret, so that only what they say can be at fault.
fn signed(header: &str, payload: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

fn good_claims() -> Map<String, Value> {
    let claims = json!({
        "iss": "trailproof", "aud": "trailproof", "sub": "someone", "iat": NOW_SECONDS,
        "exp": NOW_SECONDS + 60, "roles": ["sre"], "services": ["gateway"],
    });
    claims.as_object().unwrap().clone()
}

/// Good claims with one replaced, or without it.
fn payload_with(name: &str, value: Option<Value>) -> String {
    let mut claims = good_claims();
    claims.remove(name);
    if let Some(value) = value {
        claims.insert(name.to_owned(), value);
    }
    Value::Object(claims).to_string()
}

fn code_of(token: &str) -> Result<Principal, ErrorCode> {
    verifier().verify(token, NOW).map_err(|error| error.code)
}

fn code_with(name: &str, value: Option<Value>) -> Result<Principal, ErrorCode> {
    code_of(&signed(HEADER, &payload_with(name, value)))
}

#[test]
fn a_good_token_says_who_bears_it() {
    let principal = code_of(&signed(HEADER, &Value::Object(good_claims()).to_string())).unwrap();

    let expected = Principal {
        subject: "someone".to_owned(),
        roles: vec![Role::Sre],
        services: vec!["gateway".to_owned()],
    };
    assert_eq!(principal, expected);
}

#[test]
fn a_minted_token_is_accepted_until_its_end_and_never_minted_twice() {
    let signer = TokenSigner::new(&SecretString::from(SECRET), rules());
    let mint = || signer.mint("s", &[Role::Admin], &[], Duration::from_mins(1), NOW).unwrap();

    let token = mint();

    assert_ne!(token, mint());
    assert_eq!(code_of(&token).unwrap().roles, [Role::Admin]);
    assert!(verifier().verify(&token, NOW.plus(64_999_999)).is_ok());
    let late = verifier().verify(&token, NOW.plus(65_000_000)).unwrap_err();
    assert_eq!(late.detail, "the token has expired; get a new one");
}

#[test]
fn no_token_is_told_apart_from_a_bad_one() {
    assert_eq!(code_of(""), Err(ErrorCode::Unauthenticated));
    assert_eq!(code_of(" "), Err(ErrorCode::BadToken));
}

#[test]
fn every_registered_claim_is_required_and_strictly_typed() {
    let shapes = [
        None,
        Some(json!(null)),
        Some(json!(true)),
        Some(json!(false)),
        Some(json!(0)),
        Some(json!(-1)),
        Some(json!(7.5)),
        Some(json!(u64::MAX)),
        Some(json!("")),
        Some(json!("evil")),
        Some(json!("trailproof/")),
        Some(json!([])),
        Some(json!(["evil", 7])),
        Some(json!({})),
        Some(json!({ "trailproof": "trailproof" })),
    ];
    let is_allowed = |name: &str, shape: &Option<Value>| match (name, shape) {
        ("sub", Some(Value::String(text))) => !text.is_empty(),
        ("nbf" | "iat", None) => true,
        ("nbf" | "iat", Some(value)) => *value == json!(0) || *value == json!(7.5),
        _ => false,
    };
    for name in ["exp", "aud", "iss", "sub", "nbf", "iat"] {
        for shape in &shapes {
            let result = code_with(name, shape.clone());

            let expected = if is_allowed(name, shape) { None } else { Some(ErrorCode::BadToken) };
            assert_eq!(result.err(), expected, "{name} = {shape:?}");
        }
    }
}

#[test]
fn an_audience_may_stand_among_others_but_only_among_words() {
    assert!(code_with("aud", Some(json!(["other", "trailproof"]))).is_ok());
    for audience in
        [json!(["trailproof", 7]), json!(["trailproof", null]), json!([["trailproof"]]), json!(["x"])]
    {
        assert_eq!(code_with("aud", Some(audience.clone())), Err(ErrorCode::BadToken), "{audience}");
    }
}

#[test]
fn times_are_held_against_the_given_clock_with_five_seconds_of_leeway() {
    let cases = [
        ("exp", -4, true),
        ("exp", -6, false),
        ("nbf", 4, true),
        ("nbf", 6, false),
        ("nbf", 60, false),
        ("iat", 4, true),
        ("iat", 86_400, false),
    ];
    for (name, offset, is_good) in cases {
        let result = code_with(name, Some(json!(NOW_SECONDS + offset)));

        assert_eq!(result.is_ok(), is_good, "{name} {offset}: {result:?}");
    }
    let endless = payload_with("exp", None).replacen('{', r#"{"exp":1e400,"#, 1);
    assert_eq!(code_of(&signed(HEADER, &endless)), Err(ErrorCode::BadToken));
}

#[test]
fn a_subject_is_1_to_256_bytes_without_control_characters() {
    assert!(code_with("sub", Some(json!("x".repeat(256)))).is_ok());
    assert_eq!(code_with("sub", Some(json!("x".repeat(257)))), Err(ErrorCode::BadToken));
    assert_eq!(code_with("sub", Some(json!("a\nb"))), Err(ErrorCode::BadToken));
}

#[test]
fn a_claim_that_stands_twice_is_refused() {
    let good = Value::Object(good_claims()).to_string();
    for twice in [r#""sub":"admin","#, r#""roles":["admin"],"#, r#""aud":"trailproof","#, r#""x":1,"x":2,"#] {
        let payload = good.replacen('{', &format!("{{{twice}"), 1);

        assert_eq!(code_of(&signed(HEADER, &payload)), Err(ErrorCode::BadToken), "{twice}");
    }
}

#[test]
fn only_a_header_with_our_algorithm_and_no_key_of_its_own_is_accepted() {
    let payload = Value::Object(good_claims()).to_string();
    let good = [
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":"jwt"}"#,
        r#"{"alg":"HS256","typ":"at+JWT"}"#,
        r#"{"alg":"HS256","kid":"2026-11"}"#,
    ];
    for header in good {
        assert!(code_of(&signed(header, &payload)).is_ok(), "{header}");
    }
    let long_id = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "k".repeat(10_240));
    let bad = [
        r#"{"alg":"none"}"#,
        r#"{"alg":"None"}"#,
        r#"{"alg":""}"#,
        r#"{"typ":"JWT"}"#,
        r#"{"alg":256}"#,
        r#"{"alg":null}"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":"ES256"}"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":"id+jwt"}"#,
        r#"{"alg":"HS256","typ":null}"#,
        r#"{"alg":"HS256","kid":"../x"}"#,
        r#"{"alg":"HS256","kid":"' OR 1=1"}"#,
        r#"{"alg":"HS256","kid":7}"#,
        &long_id,
        r#"{"alg":"HS256","crit":["exp"]}"#,
        r#"{"alg":"HS256","crit":null}"#,
        r#"{"alg":"HS256","jku":"https://evil.example/keys"}"#,
        r#"{"alg":"HS256","x5u":"https://evil.example/cert"}"#,
        r#"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}"#,
        r#"{"alg":"HS256","zip":"DEF"}"#,
        r#"["HS256"]"#,
        "",
        "{",
    ];
    for header in bad {
        assert_eq!(code_of(&signed(header, &payload)), Err(ErrorCode::BadToken), "{header}");
    }
}

#[test]
fn a_token_of_another_shape_or_signature_is_refused() {
    let good = signed(HEADER, &Value::Object(good_claims()).to_string());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let stronger = jsonwebtoken::crypto::sign(
        message.as_bytes(),
        &EncodingKey::from_secret(SECRET.as_bytes()),
        Algorithm::HS512,
    );
    let bad = [
        "a".to_owned(),
        "..".to_owned(),
        "a.b".to_owned(),
        "a.b.c".to_owned(),
        message.to_owned(),
        format!("{message}."),
        format!("{message}.{}", &signature[..signature.len() - 1]),
        format!("{message}.{first}{}", &signature[1..]),
        format!("{good}="),
        format!("{good}.{signature}"),
        format!("{good}.a.b"),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{message}.{}", stronger.unwrap()),
        signed(HEADER, "[]"),
        signed(HEADER, "null"),
        signed(HEADER, ""),
        signed(HEADER, &"[".repeat(5_000)),
    ];
    for token in bad {
        assert_eq!(code_of(&token), Err(ErrorCode::BadToken), "{token}");
    }
}

#[test]
fn a_token_over_16_kib_is_not_looked_at() {
    let padded = |length: usize| signed(HEADER, &payload_with("padding", Some(json!("x".repeat(length)))));

    assert!(code_of(&padded(11_000)).is_ok());
    assert_eq!(code_of(&padded(13_000)), Err(ErrorCode::BadToken));
}

#[test]
fn roles_that_cannot_be_used_are_forbidden_and_unknown_ones_beside_known_ones_are_ignored() {
    let bad = [
        None,
        Some(json!(null)),
        Some(json!("admin")),
        Some(json!({ "admin": true })),
        Some(json!([])),
        Some(json!(["root"])),
        Some(json!(["Admin"])),
        Some(json!(["admin", 7])),
    ];
    for roles in bad {
        assert_eq!(code_with("roles", roles.clone()), Err(ErrorCode::Forbidden), "{roles:?}");
    }
    let principal = code_with("roles", Some(json!(["root", "viewer", "viewer"]))).unwrap();
    assert_eq!(principal.roles, [Role::Viewer]);
}

#[test]
fn services_of_the_wrong_type_are_forbidden_and_never_count_as_all() {
    for services in [json!("gateway"), json!(null), json!([7]), json!([""]), json!({})] {
        assert_eq!(code_with("services", Some(services.clone())), Err(ErrorCode::Forbidden), "{services}");
    }
    assert_eq!(code_with("services", None).unwrap().services, Vec::<String>::new());
    assert_eq!(code_with("services", Some(json!(["b", "a", "b"]))).unwrap().services, ["a", "b"]);
}

#[test]
fn claims_may_lie_on_a_path_and_a_signer_with_the_same_rules_agrees() {
    let rules = TokenRules {
        roles_claim: "realm_access.roles".to_owned(),
        services_claim: "https://x.example/services".to_owned(),
        ..rules()
    };
    let secret = SecretString::from(SECRET);
    let verifier = TokenVerifier::new(&TokenKey::Hs256(secret.clone()), rules.clone());
    let mut claims = good_claims();
    claims.insert("realm_access".to_owned(), json!({ "roles": ["auditor"] }));

    let foreign = verifier.verify(&signed(HEADER, &Value::Object(claims).to_string()), NOW).unwrap();
    let services = ["a".to_owned()];
    let minted =
        TokenSigner::new(&secret, rules).mint("s", &[Role::Sre], &services, Duration::from_secs(1), NOW);
    let own = verifier.verify(&minted.unwrap(), NOW).unwrap();

    assert_eq!((foreign.roles, foreign.services), (vec![Role::Auditor], vec![]));
    assert_eq!((own.roles, own.services), (vec![Role::Sre], services.to_vec()));
}

#[test]
fn neither_errors_nor_debug_output_hold_the_secret_or_the_token() {
    let token = signed(r#"{"alg":"HS512"}"#, &Value::Object(good_claims()).to_string());

    let printed = format!(
        "{:?} {:?} {:?}",
        verifier(),
        TokenSigner::new(&SecretString::from(SECRET), rules()),
        verifier().verify(&token, NOW)
    );

    assert!(!printed.contains(SECRET), "{printed}");
    assert!(!printed.contains(&token), "{printed}");
}

proptest! {
    #[test]
    fn arbitrary_text_is_refused_without_a_panic(text in "\\PC{0,200}") {
        prop_assert!(verifier().verify(&text, NOW).is_err());
    }

    #[test]
    fn arbitrary_signed_parts_never_panic(header in "\\PC{0,60}", payload in "\\PC{0,200}") {
        prop_assert!(verifier().verify(&signed(&header, &payload), NOW).is_err());
        prop_assert!(verifier().verify(&signed(HEADER, &payload), NOW).is_err());
    }
}
