//! The exit code of `casebook::cli::run`.

fn main() -> std::process::ExitCode {
    casebook::cli::run()
}
