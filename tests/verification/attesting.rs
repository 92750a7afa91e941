//! Attestations: shards that are verified by several machines, joined and signed.
