//! Asks a running Elasticsearch for the words of every hard string and of many random ones, and expects ours to be equal.
//!
//! With `TRAILPROOF_TEST_RECORD=1` the answers are written to `tests/fixtures/analysis/expected.json`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tantivy::tokenizer::{TokenStream, Tokenizer};
use trailproof::repository::embedded::tantivy::words::{LetterRuns, StandardWords};

use crate::random::SplitMix;

const HARD_STRINGS: &str = include_str!("../fixtures/analysis/hard_strings.txt");
const EXPECTED: &str = include_str!("../fixtures/analysis/expected.json");
const EXPECTED_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/analysis/expected.json");
const RANDOM_STRINGS: usize = 2_000;
const SEED: u64 = 20_261_121;

/// Characters that the rules of both analyzers treat differently.
const POOL: &str = concat!(
    "abZ019_.:,;'\"’·-#*@/ \t\n\u{0}ßİıΣς©™½²№℃Ⓜℹ",
    "결제각ᄀ\u{1161}ㄱㅋ漢字々〇𠀀あがーカｱﾞアヽ゠〰〽㊗ＡＦ１．，：＇＿\u{3000}",
    "กาเ\u{0E48}๑ខ\u{17D2}ລမ၁אבﬡ״׳اب٣٫٬हि\u{094D}க",
    "e\u{301}\u{308}\u{345}\u{20E3}\u{FE0E}\u{FE0F}\u{200B}\u{200C}\u{200D}\u{AD}\u{FEFF}\u{2060}\u{202F}\u{202E}",
    "😀👍👨👩💻❤🏴🏽🏿🇰🇷🇺🫠\u{E0067}\u{E0062}\u{E007F}𐐀𐐨𝐀𝟎\u{E000}\u{378}\u{FFFD}\u{10FFFF}",
);

/// One text and its tokens, each with its position.
#[derive(Debug, PartialEq, Deserialize, Serialize)]
struct Analyzed {
    text: String,
    standard: Vec<(String, usize)>,
    simple: Vec<(String, usize)>,
}

/// Compares our words with `_analyze` of the Elasticsearch at `url`, and the recorded file with it.
///
/// Panics with the first ten differences.
pub(crate) async fn tokens_equal_analyze(url: &str) {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    let hard: Vec<String> = HARD_STRINGS.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let recorded_count = hard.len();

    let mut theirs = Vec::new();
    for text in hard.into_iter().chain(random_strings()) {
        theirs.push(ask(&client, url, text).await);
    }

    if is_recording() {
        record(&theirs[..recorded_count]);
    } else {
        let recorded: Vec<Analyzed> = serde_json::from_str(EXPECTED).unwrap();
        assert!(recorded == theirs[..recorded_count], "expected.json is not what this server answers");
    }
    let differences: Vec<String> = theirs.iter().filter_map(difference).take(10).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn difference(theirs: &Analyzed) -> Option<String> {
    let ours = Analyzed {
        text: theirs.text.clone(),
        standard: tokens(&mut StandardWords::default(), &theirs.text),
        simple: tokens(&mut LetterRuns::default(), &theirs.text),
    };
    (ours != *theirs).then(|| format!("server: {theirs:?}\nours:   {ours:?}"))
}

fn tokens(tokenizer: &mut impl Tokenizer, text: &str) -> Vec<(String, usize)> {
    let mut tokens = Vec::new();
    tokenizer.token_stream(text).process(&mut |token| tokens.push((token.text.clone(), token.position)));
    tokens
}

async fn ask(client: &reqwest::Client, url: &str, text: String) -> Analyzed {
    let standard = analyze(client, url, "standard", &text).await;
    let simple = analyze(client, url, "simple", &text).await;
    Analyzed { text, standard, simple }
}

async fn analyze(client: &reqwest::Client, url: &str, analyzer: &str, text: &str) -> Vec<(String, usize)> {
    #[derive(Deserialize)]
    struct Answer {
        tokens: Vec<Token>,
    }
    #[derive(Deserialize)]
    struct Token {
        token: String,
        position: usize,
    }
    let request = client.post(format!("{url}/_analyze")).json(&json!({ "analyzer": analyzer, "text": text }));
    let answer = request.send().await.unwrap().error_for_status().unwrap();
    let answer: Answer = answer.json().await.unwrap();
    answer.tokens.into_iter().map(|token| (token.token, token.position)).collect()
}

/// The same strings in every run: short ones of many characters, and longer ones of few.
fn random_strings() -> impl Iterator<Item = String> {
    let pool: Vec<char> = POOL.chars().collect();
    let mut random = SplitMix::new(SEED);
    (0..RANDOM_STRINGS).map(move |number| {
        let (kinds, length) = if number % 4 == 0 { (3, 300) } else { (pool.len(), 16) };
        let first = random.below(pool.len());
        let length = 1 + random.below(length);
        (0..length).map(|_| pool[(first + random.below(kinds) * 7) % pool.len()]).collect()
    })
}

#[expect(clippy::disallowed_methods, reason = "a switch of this test, not a setting of the product")]
fn is_recording() -> bool {
    std::env::var("TRAILPROOF_TEST_RECORD").is_ok_and(|value| value == "1")
}

/// Writes one line a text, and escapes every character that is neither ASCII nor a letter or digit: some of them change the
/// direction of text or cannot be seen.
fn record(analyzed: &[Analyzed]) {
    let lines: Vec<String> = analyzed.iter().map(|one| serde_json::to_string(one).unwrap()).collect();
    let mut escaped = String::new();
    for point in format!("[\n{}\n]\n", lines.join(",\n")).chars() {
        if (point.is_ascii() && point != '\u{7F}') || point.is_alphanumeric() {
            escaped.push(point);
        } else {
            let mut units = [0; 2];
            for unit in point.encode_utf16(&mut units) {
                escaped.extend(["\\u".to_owned(), format!("{unit:04x}")]);
            }
        }
    }
    std::fs::write(EXPECTED_FILE, escaped).unwrap();
}
