//! The compression function of SHA-256 over several streams at once, with the SHA instructions of x86-64.
//!
//! One stream waits most of the time for its own last instruction: each pair of rounds needs the result of the pair before.
//! The instructions of other streams fit into the gaps. This is the only file of the crate with intrinsics; its parents
//! compare it with `sha2` in tests and by fuzzing.

#![allow(unsafe_code)]

use super::lanes::{Block, State};
use core::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_blend_epi16, _mm_loadu_si128, _mm_set_epi64x, _mm_setzero_si128,
    _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi8, _mm_shuffle_epi32,
    _mm_storeu_si128,
};

/// The round constants of FIPS 180-4, section 4.2.2, by fours.
const ROUND_CONSTANTS: [[u32; 4]; 16] = [
    [0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5],
    [0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5],
    [0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3],
    [0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174],
    [0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc],
    [0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da],
    [0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7],
    [0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967],
    [0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13],
    [0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85],
    [0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3],
    [0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070],
    [0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5],
    [0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3],
    [0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208],
    [0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2],
];

/// Advances `N` streams by the blocks that all of them have; `false`, and nothing done, where the processor has no such
/// instructions.
pub fn compress<const N: usize>(states: &mut [State; N], blocks: [&[Block]; N]) -> bool {
    // The answers are kept, so that asking costs next to nothing.
    let is_there = is_x86_feature_detected!("sha")
        && is_x86_feature_detected!("sse2")
        && is_x86_feature_detected!("ssse3")
        && is_x86_feature_detected!("sse4.1");
    if is_there {
        // SAFETY: the function has no requirement but the instructions that it is compiled for, and they are there.
        unsafe { interleave(states, blocks) };
    }
    is_there
}

#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn interleave<const N: usize>(states: &mut [State; N], blocks: [&[Block]; N]) {
    let mut abef = [_mm_setzero_si128(); N];
    let mut cdgh = [_mm_setzero_si128(); N];
    for lane in 0..N {
        (abef[lane], cdgh[lane]) = load_state(&states[lane]);
    }
    let count = blocks.iter().map(|blocks| blocks.len()).min().unwrap_or(0);
    // One index walks all lanes at once.
    #[allow(clippy::needless_range_loop)]
    for number in 0..count {
        let (abef_before, cdgh_before) = (abef, cdgh);
        let mut words = [[_mm_setzero_si128(); 4]; N];
        for lane in 0..N {
            words[lane] = load_block(&blocks[lane][number]);
        }
        for (four, constants) in ROUND_CONSTANTS.iter().enumerate() {
            if four >= 4 {
                schedule(&mut words, four % 4);
            }
            four_rounds(constants, &mut abef, &mut cdgh, &words, four % 4);
        }
        for lane in 0..N {
            abef[lane] = _mm_add_epi32(abef[lane], abef_before[lane]);
            cdgh[lane] = _mm_add_epi32(cdgh[lane], cdgh_before[lane]);
        }
    }
    for lane in 0..N {
        store_state(&mut states[lane], abef[lane], cdgh[lane]);
    }
}

#[inline]
#[target_feature(enable = "sha,sse2")]
fn four_rounds<const N: usize>(
    constants: &[u32; 4],
    abef: &mut [__m128i; N],
    cdgh: &mut [__m128i; N],
    words: &[[__m128i; 4]; N],
    four: usize,
) {
    let constants = load(constants);
    let mut sums = [_mm_setzero_si128(); N];
    for lane in 0..N {
        sums[lane] = _mm_add_epi32(words[lane][four], constants);
    }
    for lane in 0..N {
        cdgh[lane] = _mm_sha256rnds2_epu32(cdgh[lane], abef[lane], sums[lane]);
    }
    for lane in 0..N {
        sums[lane] = _mm_shuffle_epi32(sums[lane], 0x0e);
        abef[lane] = _mm_sha256rnds2_epu32(abef[lane], cdgh[lane], sums[lane]);
    }
}

/// Replaces four words of the message schedule by those that come 16 words later.
#[inline]
#[target_feature(enable = "sha,sse2,ssse3")]
fn schedule<const N: usize>(words: &mut [[__m128i; 4]; N], four: usize) {
    for words in words {
        let [first, second, third, last] = core::array::from_fn(|ahead| words[(four + ahead) % 4]);
        let sum = _mm_add_epi32(_mm_sha256msg1_epu32(first, second), _mm_alignr_epi8(last, third, 4));
        words[four] = _mm_sha256msg2_epu32(sum, last);
    }
}

/// The state in the order that the instructions have it in.
#[inline]
#[target_feature(enable = "sse2,ssse3,sse4.1")]
fn load_state(state: &State) -> (__m128i, __m128i) {
    let [abcd, efgh] = [[state[0], state[1], state[2], state[3]], [state[4], state[5], state[6], state[7]]];
    let badc = _mm_shuffle_epi32(load(&abcd), 0xb1);
    let hgfe = _mm_shuffle_epi32(load(&efgh), 0x1b);
    (_mm_alignr_epi8(badc, hgfe, 8), _mm_blend_epi16(hgfe, badc, 0xf0))
}

#[inline]
#[target_feature(enable = "sse2,ssse3,sse4.1")]
fn store_state(state: &mut State, abef: __m128i, cdgh: __m128i) {
    let feba = _mm_shuffle_epi32(abef, 0x1b);
    let dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    let (first, last) = state.split_at_mut(4);
    store(first, _mm_blend_epi16(feba, dchg, 0xf0));
    store(last, _mm_alignr_epi8(dchg, feba, 8));
}

/// The 16 words of a block, which are big endian.
#[inline]
#[target_feature(enable = "sse2,ssse3")]
fn load_block(block: &Block) -> [__m128i; 4] {
    let swapped = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let (pieces, _) = block.as_chunks::<16>();
    core::array::from_fn(|four| {
        // SAFETY: a piece has the 16 bytes that are read, which need not be aligned.
        let words = unsafe { _mm_loadu_si128(pieces[four].as_ptr().cast()) };
        _mm_shuffle_epi8(words, swapped)
    })
}

#[inline]
#[target_feature(enable = "sse2")]
fn load(words: &[u32; 4]) -> __m128i {
    // SAFETY: four words have the 16 bytes that are read, which need not be aligned.
    unsafe { _mm_loadu_si128(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "sse2")]
fn store(words: &mut [u32], value: __m128i) {
    assert!(words.len() >= 4, "there is room for four words");
    // SAFETY: four words have the 16 bytes that are written, which need not be aligned; the reference is the only one.
    unsafe { _mm_storeu_si128(words.as_mut_ptr().cast(), value) }
}
