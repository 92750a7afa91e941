//! Entry ids: a kind letter and 40 random bits, such as `f-7q2k9dm4`.

use super::Malformed;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// Crockford's base 32, lower case: no i, l, o or u (<https://www.crockford.com/base32.html>).
pub const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The kinds of entry that have ids, each with its letter and its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Finding,
    Event,
    Indicator,
    Asset,
    Action,
    Decision,
    Evidence,
    Custody,
}

impl Kind {
    pub const ALL: [Kind; 8] = [
        Kind::Finding,
        Kind::Event,
        Kind::Indicator,
        Kind::Asset,
        Kind::Action,
        Kind::Decision,
        Kind::Evidence,
        Kind::Custody,
    ];

    /// The letter that ids of this kind start with; an action's is `r`, for response.
    pub fn letter(self) -> char {
        match self {
            Kind::Finding => 'f',
            Kind::Event => 'e',
            Kind::Indicator => 'i',
            Kind::Asset => 'a',
            Kind::Action => 'r',
            Kind::Decision => 'd',
            Kind::Evidence => 'x',
            Kind::Custody => 'c',
        }
    }

    /// The folder that holds the entries of this kind.
    pub fn folder(self) -> &'static str {
        match self {
            Kind::Finding => "findings",
            Kind::Event => "events",
            Kind::Indicator => "indicators",
            Kind::Asset => "assets",
            Kind::Action => "actions",
            Kind::Decision => "decisions",
            Kind::Evidence => "evidence",
            Kind::Custody => "custody",
        }
    }

    /// The word for one entry of this kind.
    pub fn noun(self) -> &'static str {
        match self {
            Kind::Finding => "finding",
            Kind::Event => "event",
            Kind::Indicator => "indicator",
            Kind::Asset => "asset",
            Kind::Action => "action",
            Kind::Decision => "decision",
            Kind::Evidence => "evidence",
            Kind::Custody => "custody",
        }
    }

    pub fn of_letter(letter: char) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.letter() == letter)
    }

    pub fn of_folder(folder: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.folder() == folder)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

impl FromStr for Kind {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Kind::ALL.into_iter().find(|kind| kind.noun() == text || kind.folder() == text).ok_or_else(|| {
            let nouns: Vec<_> = Kind::ALL.iter().map(|kind| kind.noun()).collect();
            Malformed::new(format!("`{text}` is not a kind of entry"))
                .help(format!("the kinds are {}", nouns.join(", ")))
        })
    }
}

/// The id of an entry: `<kind letter>-<8 characters of Crockford base 32>`, 40 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryId {
    kind: Kind,
    code: [u8; 8],
}

impl EntryId {
    /// Makes an id of 40 of the given bits, which the caller draws at random.
    pub fn from_bits(kind: Kind, bits: u64) -> Self {
        let mut code = [0; 8];
        for (index, place) in code.iter_mut().enumerate() {
            *place = ALPHABET[(bits >> (35 - 5 * index)) as usize & 31];
        }
        Self { kind, code }
    }

    pub fn kind(self) -> Kind {
        self.kind
    }

    /// Where an entry of this id is kept: `findings/f-7q2k9dm4.toml`.
    pub fn path(self) -> super::TreePath {
        super::TreePath::from(format!("{}/{self}.toml", self.kind.folder()))
    }

    /// The ids that a slip of the hand makes of this one: another character, or two neighbours exchanged.
    pub fn slips(self) -> impl Iterator<Item = Self> {
        let exchanged = (1..self.code.len()).map(move |at| {
            let mut slip = self;
            slip.code.swap(at - 1, at);
            slip
        });
        let other = (0..self.code.len()).flat_map(move |at| {
            ALPHABET.iter().map(move |character| {
                let mut slip = self;
                slip.code[at] = *character;
                slip
            })
        });
        exchanged.chain(other).filter(move |slip| *slip != self)
    }

    /// The lowest id of a kind: the start of its range in an ordered map.
    pub fn first_of(kind: Kind) -> Self {
        Self { kind, code: [0; 8] }
    }

    /// A bound above every id of a kind.
    pub fn last_of(kind: Kind) -> Self {
        Self { kind, code: [0xff; 8] }
    }
}

/// By kind, then by the characters: as one number, since every look-up in a case compares ids.
impl Ord for EntryId {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |id: &Self| (id.kind, u64::from_be_bytes(id.code));
        place(self).cmp(&place(other))
    }
}

impl PartialOrd for EntryId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.letter().encode_utf8(&mut [0; 4]))?;
        f.write_str("-")?;
        f.write_str(std::str::from_utf8(&self.code).unwrap_or("????????"))
    }
}

impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for EntryId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let form = || {
            Malformed::new(format!("`{text}` is not an entry id"))
                .help("an id is a kind letter, a hyphen and 8 characters, such as `f-7q2k9dm4`; `casebook list` shows those of this case")
        };
        let lower = text.to_ascii_lowercase();
        let mut chars = lower.chars();
        let kind = chars.next().and_then(Kind::of_letter).ok_or_else(form)?;
        if chars.next() != Some('-') {
            return Err(form());
        }
        let rest = chars.as_str();
        let code: [u8; 8] = rest.as_bytes().try_into().map_err(|_| form())?;
        if let Some(bad) = rest.chars().find(|c| !ALPHABET.contains(&(*c as u8)) || !c.is_ascii()) {
            return Err(Malformed::new(format!("`{text}` is not an entry id: `{bad}` is not used in ids"))
                .help("ids have the digits 0-9 and the letters a-z without i, l, o and u"));
        }
        if lower != text {
            return Err(Malformed::new("an entry id is written in lower case").help(format!("write `{lower}`")));
        }
        Ok(Self { kind, code })
    }
}

/// As text for people; as its letter and characters where many are read fast.
impl serde::Serialize for EntryId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_str(self) } else { (self.kind, self.code).serialize(s) }
    }
}

impl<'de> serde::Deserialize<'de> for EntryId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
            return text.parse().map_err(serde::de::Error::custom);
        }
        let (kind, code) = <(Kind, [u8; 8])>::deserialize(d)?;
        if code.iter().all(|character| ALPHABET.contains(character)) {
            Ok(Self { kind, code })
        } else {
            Err(serde::de::Error::custom("not the characters of an entry id"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_pattern_prints_and_parses_back() {
        for bits in [0, 1, 31, 32, 0xff_ffff_ffff, 0x12_3456_789a] {
            for kind in Kind::ALL {
                let id = EntryId::from_bits(kind, bits);
                assert_eq!(id.to_string().parse::<EntryId>().unwrap(), id);
            }
        }
        assert_eq!(EntryId::from_bits(Kind::Finding, 0xff_ffff_ffff).to_string(), "f-zzzzzzzz");
    }

    #[test]
    fn slips_are_one_step_away() {
        let id: EntryId = "f-7q2k9dm4".parse().unwrap();
        let slips: Vec<String> = id.slips().map(|slip| slip.to_string()).collect();
        assert_eq!(slips.len(), 7 + 8 * 31);
        for slip in ["f-q72k9dm4", "f-7q2k9d4m", "f-7q2k9dm5", "f-0q2k9dm4"] {
            assert!(slips.iter().any(|other| other == slip), "{slip}");
        }
    }

    #[test]
    fn what_is_not_an_id_says_why() {
        for (text, says) in [
            ("", "not an entry id"),
            ("q-7q2k9dm4", "not an entry id"),
            ("f7q2k9dm4", "not an entry id"),
            ("f-7q2k9dm", "not an entry id"),
            ("f-7q2k9dmu", "`u` is not used"),
            ("F-7Q2K9DM4", "lower case"),
            ("f-é2k9dm4", "not used"),
        ] {
            let error = text.parse::<EntryId>().unwrap_err();
            assert!(error.message.contains(says), "{text}: {}", error.message);
        }
    }
}
