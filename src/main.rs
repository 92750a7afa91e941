//! The exit code of `casebook::cli::run`.

/// A case is very many small texts, on all cores: docs/performance.md has what this saves.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    casebook::cli::run()
}
