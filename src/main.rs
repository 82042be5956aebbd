//! The program `scs`; everything is in the library, so that tests and the program run the same.

use std::process::ExitCode;

fn main() -> ExitCode {
    smart_charging_station::cli::main()
}
