//! Evidence: lists of digests, hashing, and whether what is there is what was registered.
