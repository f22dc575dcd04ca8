//! Picture: what a product's picture is: its kinds, how large it may be, and the path it is fetched by.
//! Lives here: telling a kind by the first bytes, the size to scale to, the name made of the bytes, the path made of the name.
//! May use: sha2. Never: decoding or scaling (the browser does that), storage.
//! Invariant: the same bytes have the same path, whoever sends them; other bytes have another.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The most bytes a picture may have: it is scaled down before it is sent.
pub const MOST_BYTES: usize = 512 << 10;
/// The longest side of a picture on a tile or a product's page, in pixels.
pub const LONGEST_SIDE: u32 = 512;
/// Pictures are fetched below this path.
pub const FOLDER: &str = "/api/pictures/";

/// A kind of picture that every browser shows and that can hold no script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
}

impl PictureKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Png, Self::Jpeg, Self::Webp];

    /// What the bytes are, by how they begin; what somebody says they are does not count.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a]) {
            Some(Self::Png)
        } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            None
        }
    }

    /// As in a `Content-Type`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// The kind of a `Content-Type`.
    pub fn of_media_type(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == text)
    }

    /// Ends the name of a file.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }
}

/// The width and height to draw a picture at: the longest side fits, the form stays, nothing grows.
pub fn fitted(width: u32, height: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= LONGEST_SIDE {
        return (width, height);
    }
    let fit = |side: u32| {
        let side = u64::from(side) * u64::from(LONGEST_SIDE) / u64::from(longest);
        u32::try_from(side).unwrap_or(LONGEST_SIDE).max(1)
    };
    (fit(width), fit(height))
}

/// The name of a picture: SHA-256 of its bytes, as 64 small hexadecimal digits.
pub fn name_of(bytes: &[u8]) -> String {
    let mut name = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a String does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// Can this be the name of a picture?
pub fn is_name(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Where a picture is fetched.
pub fn path_of(name: &str) -> String {
    format!("{FOLDER}{name}")
}

/// The name of the picture that a path of this server leads to; nothing for any other address.
pub fn name_in(path: &str) -> Option<&str> {
    path.strip_prefix(FOLDER).filter(|name| is_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_first_bytes() {
        for (bytes, kind) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some(PictureKind::Png)),
            (b"\xff\xd8\xff\xe0....", Some(PictureKind::Jpeg)),
            (b"RIFF\x10\x00\x00\x00WEBPVP8 ", Some(PictureKind::Webp)),
            (b"RIFF\x10\x00\x00\x00WAVEfmt ", None),
            (b"RIFF", None),
            (b"GIF89a", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"", None),
        ] {
            assert_eq!(PictureKind::of(bytes), kind, "{bytes:?}");
        }
        for kind in PictureKind::ALL {
            assert_eq!(PictureKind::of_media_type(kind.media_type()), Some(kind));
        }
    }

    #[test]
    fn a_picture_is_scaled_down_and_never_up() {
        for (from, to) in [
            ((4_000, 3_000), (512, 384)),
            ((3_000, 4_000), (384, 512)),
            ((513, 1), (512, 1)),
            ((512, 512), (512, 512)),
            ((40, 30), (40, 30)),
            ((0, 0), (0, 0)),
            ((u32::MAX, 2), (512, 1)),
        ] {
            assert_eq!(fitted(from.0, from.1), to, "{from:?}");
        }
    }

    #[test]
    fn a_path_is_made_of_the_bytes_and_nothing_else_is_one() {
        let path = path_of(&name_of(b"abc"));
        assert_eq!(path, "/api/pictures/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(name_in(&path), Some(name_of(b"abc").as_str()));
        let shouted = path.replace("ba78", "BA78");
        let further = format!("{path}/x");
        let other_host = format!("https://x.example{path}");
        for other in [
            shouted.as_str(),
            &further,
            &other_host,
            "/api/pictures/",
            "/pictures/mug.jpg",
            "//x.example/1.png",
            "",
        ] {
            assert_eq!(name_in(other), None, "{other}");
        }
    }
}
