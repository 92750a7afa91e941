//! Shards: the files of a case divided among several machines, by their registered digests alone.

use crate::values::{Malformed, Sha256};
use std::fmt;
use std::str::FromStr;

/// The largest number of shards.
const MAX_SHARDS: u32 = 10_000;

/// One part of several, from 1: `2/8`.
///
/// A file belongs to shard 1 + (the number that the first 16 digits of its digest write) mod N: the same on every machine
/// and in every order, and even, since digests are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    pub number: u32,
    pub of: u32,
}

impl Shard {
    /// All of it in one.
    pub const WHOLE: Self = Self { number: 1, of: 1 };

    pub fn holds(self, digest: Sha256) -> bool {
        self == Self::of_digest(digest, self.of)
    }

    /// The shard of `of` that a file with this digest belongs to.
    pub fn of_digest(digest: Sha256, of: u32) -> Self {
        let first = digest.0.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let number = u32::try_from(first % u64::from(of)).expect("a remainder is less than what is divided by");
        Self { number: number + 1, of }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.starts_with('0');
        let parts = text.split_once('/').filter(|(number, of)| plain(number) && plain(of));
        let numbers = parts.and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) && of <= MAX_SHARDS => Ok(Self { number, of }),
            _ => Err(Malformed::new(format!(
                "a shard is its number and how many there are, such as `2/8`, at most {MAX_SHARDS}"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_digest_is_in_one_shard(bytes: [u8; 32], of in 1..200_u32) {
            let shards = (1..=of).map(|number| Shard { number, of });
            prop_assert_eq!(shards.filter(|shard| shard.holds(Sha256(bytes))).count(), 1);
        }

        #[test]
        fn a_shard_reads_back(of in 1..=MAX_SHARDS, number in 1..=MAX_SHARDS) {
            let shard = Shard { number: number.min(of), of };
            prop_assert_eq!(shard.to_string().parse(), Ok(shard));
        }
    }

    #[test]
    fn a_shard_can_be_found_by_hand() {
        // python3 -c 'import hashlib; print(int(hashlib.sha256(b"x").hexdigest()[:16], 16) % 7 + 1)'
        let digest = Sha256::of(b"x");
        let number = u64::from_str_radix(&digest.to_string()[..16], 16).unwrap() % 7 + 1;
        assert!(Shard { number: number as u32, of: 7 }.holds(digest));
    }

    #[test]
    fn shards_are_even() {
        let count =
            |number| (0..7000_u32).filter(|n| Shard { number, of: 7 }.holds(Sha256::of(&n.to_le_bytes()))).count();
        assert!((1..=7).all(|number| (850..1150).contains(&count(number))));
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for text in ["", "1", "0/3", "4/3", "1/0", "-1/3", "+1/3", "1/3/5", "a/b", "01/3", "1/99999", "1/99999999999"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
