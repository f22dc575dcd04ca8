//! Paths: nothing of one machine stands in the project.
//! Lives here: folders of a person or a build machine, hosts a lock file was resolved from.
//! May use: text. Never: the current machine's own paths (the check must find the same everywhere).
//! Invariant: a clone works for everyone who has it.

use super::{File, Finding};

/// Put together here so that this file does not find itself.
const FOLDERS: [&str; 5] = [
    concat!("/", "work/"),
    concat!("/", "root/"),
    concat!("/", "home/"),
    concat!("/", "Users/"),
    concat!("C:\\", "Users"),
];

pub fn of_this_machine(files: &[File]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            let folder = FOLDERS.iter().find(|folder| stands_alone(line, folder));
            let resolved =
                file.path.ends_with("package-lock.json") && line.trim().starts_with("\"resolved\"");
            let what = match folder {
                Some(folder) => (*folder).to_owned(),
                None if resolved => "resolved".to_owned(),
                None => continue,
            };
            found.push(Finding {
                check: "paths",
                path: file.path.clone(),
                line: index + 1,
                what,
                advice: "only exists on one machine: name a place relative to the project".to_owned(),
            });
        }
    }
    found
}

/// True where the folder starts a path, not where it continues one that is relative.
fn stands_alone(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || "._-/*>~}".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{file, quoted};

    #[test]
    fn folders_of_one_machine_are_found() {
        let home = concat!("/", "home/");
        let files = [
            file("docs/a.md", &format!("see {home}ada/till\nand ./x{home}fine")),
            file("e2e/package-lock.json", "  \"resolved\": \"https://somewhere/a.tgz\""),
            file("e2e/other.json", "  \"resolved\": 1"),
        ];
        assert_eq!(
            quoted(&of_this_machine(&files)),
            [("docs/a.md", home), ("e2e/package-lock.json", "resolved")]
        );
    }
}
