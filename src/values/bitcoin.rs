//! Bitcoin addresses: their form and their checksum, so that a slip in copying is seen.

use super::Sha256;

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Whether a text is a Bitcoin address of the main network: Base58Check, or Bech32 and Bech32m (BIP 173, BIP 350).
pub fn is_address(text: &str) -> bool {
    if text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("bc1")) {
        is_segregated_witness(text)
    } else {
        is_base58_check(text)
    }
}

fn is_base58_check(text: &str) -> bool {
    if !(25..=35).contains(&text.len()) {
        return false;
    }
    let mut bytes = [0u8; 25];
    for digit in text.bytes() {
        let Some(value) = BASE58.iter().position(|known| *known == digit) else { return false };
        let mut carry = value as u32;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    let leading_zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let leading_ones = text.bytes().take_while(|byte| *byte == b'1').count();
    let checksum = Sha256::of(&Sha256::of(&bytes[..21]).0);
    matches!(bytes[0], 0 | 5) && leading_zeros == leading_ones && bytes[21..] == checksum.0[..4]
}

fn is_segregated_witness(text: &str) -> bool {
    let mixed =
        text.bytes().any(|byte| byte.is_ascii_uppercase()) && text.bytes().any(|byte| byte.is_ascii_lowercase());
    if mixed || !(14..=90).contains(&text.len()) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let values: Option<Vec<u32>> =
        lower.bytes().skip(3).map(|byte| BECH32.iter().position(|known| *known == byte).map(|at| at as u32)).collect();
    let Some(values) = values else { return false };
    // The human-readable part `bc`, expanded: the high bits of its letters, zero, the low bits.
    let checksum = [3, 3, 0, 2, 3].iter().chain(&values).fold(1, |sum, value| polymod_step(sum) ^ value);
    let expected = if values[0] == 0 { 1 } else { 0x2bc8_30a3 };
    values[0] <= 16 && checksum == expected
}

fn polymod_step(sum: u32) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let shifted = (sum & 0x01ff_ffff) << 5;
    GENERATOR.iter().enumerate().fold(shifted, |sum, (bit, term)| if top >> bit & 1 == 1 { sum ^ term } else { sum })
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn addresses_of_the_specifications_are_told_from_slips() {
        for address in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ] {
            assert!(is_address(address), "{address}");
        }
        for address in [
            "",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0",
            "11A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdQ",
            "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
            "bc1",
            "€€€€€€€€€€€€",
        ] {
            assert!(!is_address(address), "{address}");
        }
    }
}
