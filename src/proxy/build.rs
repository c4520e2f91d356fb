//! Has the program compiled again when a migration or the built page changes. The macros that embed them notice changed files,
//! but not new ones.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=../../dist");
}
