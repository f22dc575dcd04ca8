//! Recordings: what real systems answered, as fixtures (docs/connectors). They are whole, and hold no secret.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use serde_json::Value;
use std::fs;
use std::path::Path;

/// Name and content of every recording of a system.
fn recordings(system: &str) -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(system);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            (file.display().to_string(), serde_json::from_str(&text).unwrap())
        })
        .collect()
}

#[test]
fn every_recording_says_what_was_asked_and_answered() {
    for (system, least) in [("tryton", 35), ("vendure", 20)] {
        let recordings = recordings(system);
        assert!(recordings.len() >= least, "{system}: {}", recordings.len());
        for (name, recording) in recordings {
            assert!(recording["about"].as_str().is_some_and(|about| about.ends_with('.')), "{name}");
            let exchanges = recording["exchanges"].as_array().unwrap();
            assert!(!exchanges.is_empty(), "{name}");
            for exchange in exchanges {
                assert!(exchange["request"]["path"].as_str().unwrap().starts_with('/'), "{name}");
                assert!(exchange["response"]["status"].as_u64().is_some(), "{name}");
            }
        }
    }
}

#[test]
fn no_recording_holds_a_secret() {
    for (name, recording) in recordings("tryton").into_iter().chain(recordings("vendure")) {
        for exchange in recording["exchanges"].as_array().unwrap() {
            let headers = exchange["request"]["headers"].as_object().unwrap();
            for header in ["authorization", "vendure-api-key"] {
                let Some(value) = headers.get(header).and_then(Value::as_str) else { continue };
                let secret = value.rsplit(' ').next().unwrap();
                // What the recorder put in its place, or what was made up to be refused.
                let known = ["SESSION", "KEY", "TOKEN", "nobody:nothing"].contains(&secret);
                assert!(
                    known || secret.contains("00000000000000000000") || secret.contains("MDAwMDAw"),
                    "{name}"
                );
            }
        }
    }
}
