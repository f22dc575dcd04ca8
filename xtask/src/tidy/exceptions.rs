//! Exceptions: findings that stand for a while, each with its reason.
//! Lives here: reading the list and taking what it names out of the findings.
//! May use: toml. Never: a wildcard.
//! Invariant: an exception that excuses nothing is itself a finding.

use anyhow::{Context, Result};

use super::Finding;

#[derive(serde::Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    exception: Vec<Exception>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    check: String,
    path: String,
    what: String,
    reason: String,
}

/// Takes out what the list at `path` excuses and adds what is wrong with the list.
pub fn apply(path: &str, listed: &str, found: Vec<Finding>) -> Result<Vec<Finding>> {
    let list: List = toml::from_str(listed).with_context(|| format!("{path} cannot be read"))?;
    let excused = |finding: &Finding, exception: &Exception| {
        finding.check == exception.check && finding.path == exception.path && finding.what == exception.what
    };
    let complaint = |exception: &Exception, advice: &str| Finding {
        check: "exceptions",
        path: path.to_owned(),
        line: 0,
        what: format!("{}: {}: {}", exception.check, exception.path, exception.what),
        advice: advice.to_owned(),
    };
    let mut left = Vec::new();
    for exception in &list.exception {
        if exception.reason.trim().len() < 10 {
            left.push(complaint(exception, "say why in a sentence"));
        }
        if !found.iter().any(|finding| excused(finding, exception)) {
            left.push(complaint(
                exception,
                "nothing of this kind stands there any more: take the exception out",
            ));
        }
    }
    let stands = |finding: &Finding| !list.exception.iter().any(|exception| excused(finding, exception));
    left.extend(found.into_iter().filter(stands));
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding() -> Finding {
        let advice = "move it".to_owned();
        Finding { check: "imports", path: "a.rs".into(), line: 3, what: "crate::store".into(), advice }
    }

    const EXCUSE: &str = "
        [[exception]]
        check = \"imports\"
        path = \"a.rs\"
        what = \"crate::store\"
        reason = \"moves to app with the next migration\"
    ";

    #[test]
    fn a_listed_finding_is_excused() {
        assert_eq!(apply("list", EXCUSE, vec![finding()]).unwrap(), []);
        assert_eq!(apply("list", "", vec![finding()]).unwrap(), [finding()]);
    }

    #[test]
    fn an_exception_that_excuses_nothing_is_a_finding() {
        let left = apply("list", EXCUSE, vec![]).unwrap();
        assert_eq!(left.len(), 1);
        assert!(left[0].advice.contains("take the exception out"));
    }

    #[test]
    fn an_exception_needs_a_reason() {
        let silent = EXCUSE.replace("moves to app with the next migration", "legacy");
        assert_eq!(apply("list", &silent, vec![finding()]).unwrap().len(), 1);
    }
}
