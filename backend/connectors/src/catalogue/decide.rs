//! Decide: which side a field is taken from, by who decides and by what both sides had when they were last equal.

use shared::connect::{Agreed, Owner};

/// What is done with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing: they are equal, or as both sides left them.
    Same,
    /// Ours becomes theirs.
    Take,
    /// Theirs becomes ours.
    Give,
    /// They differ and stay so.
    Keep,
    /// Both were changed: a person decides.
    Conflict,
}

/// What is done with a field whose values are these.
pub fn decide(
    owner: Owner,
    agreed: Option<&Agreed>,
    (ours, theirs): (&str, &str),
    writable: bool,
) -> Decision {
    if ours == theirs {
        return Decision::Same;
    }
    let ours_changed = agreed.is_none_or(|agreed| agreed.ours != ours);
    let theirs_changed = agreed.is_none_or(|agreed| match (&agreed.theirs, owner) {
        (Some(before), _) => before != theirs,
        // Ours was given, and they were not read since.
        (None, _) if agreed.is_stale(theirs) => false,
        // And this is what became of it.
        (None, Owner::Ours) => false,
        // Or what somebody has made of it since: who of the two cannot be told, and it is the later word.
        (None, _) => agreed.ours != theirs,
    });
    if !ours_changed && !theirs_changed {
        return Decision::Same;
    }
    let give = if writable { Decision::Give } else { Decision::Keep };
    match owner {
        Owner::Theirs => Decision::Take,
        Owner::Ours => give,
        // Nothing was ever equal: the other side was there first.
        Owner::Newest if agreed.is_none() => Decision::Take,
        Owner::Newest => match (ours_changed, theirs_changed) {
            (true, true) => Decision::Conflict,
            (true, false) => give,
            (false, _) => Decision::Take,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_decides_and_what_was_equal_before_say_what_is_done() {
        let agreed = |ours: &str, theirs: &str| Some(Agreed::of(ours, theirs));
        let given = |ours: &str| Some(Agreed::given(ours, "old"));
        use Decision::{Conflict, Give, Keep, Same, Take};
        for (owner, before, ours, theirs, expected) in [
            (Owner::Theirs, None, "a", "a", Same),
            (Owner::Theirs, None, "a", "b", Take),
            (Owner::Theirs, agreed("a", "a"), "a", "b", Take),
            // Typed over here: the other side decides, and it is taken back.
            (Owner::Theirs, agreed("b", "b"), "a", "b", Take),
            (Owner::Ours, None, "a", "b", Give),
            (Owner::Ours, agreed("a", "a"), "a", "b", Give),
            (Owner::Ours, agreed("b", "b"), "a", "b", Give),
            // Given, and cut there: that is how it stays.
            (Owner::Ours, given("a long name"), "a long name", "a long", Same),
            (Owner::Ours, agreed("a long name", "a long"), "a long name", "a long", Same),
            (Owner::Ours, agreed("a long name", "a long"), "a long name", "another", Give),
            (Owner::Newest, None, "a", "b", Take),
            (Owner::Newest, agreed("a", "a"), "a", "b", Take),
            (Owner::Newest, agreed("b", "b"), "a", "b", Give),
            (Owner::Newest, agreed("c", "c"), "a", "b", Conflict),
            (Owner::Newest, agreed("c", "c"), "a", "a", Same),
            (Owner::Newest, given("a"), "a", "b", Take),
            // What is known of them is from before.
            (Owner::Newest, given("a"), "a", "old", Same),
            (Owner::Theirs, given("a"), "a", "old", Same),
            (Owner::Newest, given("a"), "b", "old", Give),
            // Changed here while what was given before is on its way.
            (Owner::Newest, given("a"), "b", "a", Give),
            (Owner::Newest, given("a"), "b", "c", Conflict),
        ] {
            assert_eq!(
                decide(owner, before.as_ref(), (ours, theirs), true),
                expected,
                "{owner:?} {before:?}"
            );
        }
        assert_eq!(decide(Owner::Ours, None, ("a", "b"), false), Keep);
    }
}
