//! The environment that the program was started with, out of the reach of the programs that it starts.
//!
//! Whoever runs as the same user can read `/proc/ID/environ` of a process, which is the environment as it was when the process's
//! program began, whatever the process does to it later. So [`seal`] begins the program anew, in the same process, with an environment
//! in which nothing is secret; the rest goes through a file that is only in memory and that nobody else can open.

use std::collections::BTreeMap;
use std::env::VarError;
use std::ffi::{OsStr, OsString};
use std::sync::OnceLock;

/// What was taken out of the environment.
static TAKEN: OnceLock<BTreeMap<OsString, OsString>> = OnceLock::new();

/// A variable of the environment that the program was started with.
///
/// # Errors
/// It is not set, or it is not UTF-8.
pub fn var(name: &str) -> Result<String, VarError> {
    match TAKEN.get().and_then(|taken| taken.get(OsStr::new(name))) {
        Some(value) => value.clone().into_string().map_err(VarError::NotUnicode),
        None => std::env::var(name),
    }
}

#[cfg(target_os = "linux")]
pub use linux::seal;

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::ffi::{CString, OsStr, OsString};
    use std::fs::File;
    use std::io::{self, Read, Seek, Write};
    use std::os::fd::AsRawFd;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::os::unix::process::CommandExt;
    use std::path::PathBuf;
    use std::process::Command;

    use nix::sys::memfd::{MFdFlags, memfd_create};
    use nix::sys::prctl::set_dumpable;

    use super::TAKEN;

    /// Says, in the program that was begun anew, which descriptor the rest is to be read from.
    const MARK: &str = "HOLDPOINT_ENVIRONMENT_FD";

    /// What stays: names that this program, its libraries or the system look for themselves, and that hold no secrets.
    const STAYING: [&str; 16] = [
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "PWD",
        "TZ",
        "TERM",
        "TMPDIR",
        "NO_COLOR",
        "LANG",
        "LANGUAGE",
        "RUST_BACKTRACE",
        "RUST_LIB_BACKTRACE",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ];
    const STAYING_BEGINNINGS: [&str; 4] = ["LC_", "XDG_", "LD_", "LLVM_PROFILE_"];

    fn stays(name: &OsStr, settings: &[String]) -> bool {
        let Some(name) = name.to_str() else {
            return false;
        };
        STAYING.contains(&name)
            || STAYING_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
            || settings.iter().any(|setting| setting == name)
    }

    /// Takes what may be secret out of the environment, and forbids others of the same user to look into the process: into its memory,
    /// its open files, or a dump of it. `settings` are the variables of our own that are no secrets. Must be called before there
    /// are threads. Returns only if there is nothing to take any more.
    ///
    /// # Errors
    /// The system refuses it; secrets would be there to be read, so the program must not go on.
    pub fn seal(settings: &[String]) -> io::Result<()> {
        set_dumpable(false)?;
        if let Some(number) = std::env::var_os(MARK) {
            let taken = read(&number)?;
            TAKEN.set(taken).ok();
            return Ok(());
        }
        let (stay, take): (Vec<_>, Vec<_>) = std::env::vars_os().partition(|(name, _)| stays(name, settings));
        if take.is_empty() {
            return Ok(());
        }
        let file = write(&take)?;
        let mut arguments = std::env::args_os();
        let name = arguments.next().unwrap_or_else(|| "holdpoint".into());
        let own = std::env::current_exe().ok().filter(|path| path.is_file());
        // By its own path where that still leads to it, so that it keeps its name in lists of processes.
        let error = Command::new(own.unwrap_or_else(|| PathBuf::from("/proc/self/exe")))
            .arg0(name)
            .args(arguments)
            .env_clear()
            .envs(stay)
            .env(MARK, file.as_raw_fd().to_string())
            .exec();
        Err(error)
    }

    /// Name, `=`, value and a zero byte for each, in memory. The descriptor stays open over `exec`.
    fn write(variables: &[(OsString, OsString)]) -> io::Result<File> {
        let mut file = File::from(memfd_create(c"environment", MFdFlags::empty())?);
        let mut bytes = Vec::new();
        for (name, value) in variables {
            bytes.extend_from_slice(&[name.as_bytes(), b"=", value.as_bytes(), b"\0"].concat());
        }
        file.write_all(&bytes)?;
        file.rewind()?;
        Ok(file)
    }

    fn read(number: &OsStr) -> io::Result<BTreeMap<OsString, OsString>> {
        let wrong = || {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{MARK} is for the program's own use"),
            )
        };
        let number: i32 = number.to_str().and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
        let path = CString::new(format!("/proc/self/fd/{number}")).map_err(io::Error::other)?;
        let place = std::fs::read_link(OsStr::from_bytes(path.as_bytes()))?;
        // Only what was made above: nothing else is to be read or closed for the sake of a variable.
        if number < 3 || !place.as_os_str().as_bytes().starts_with(b"/memfd:environment") {
            return Err(wrong());
        }
        let mut bytes = Vec::new();
        File::open(OsStr::from_bytes(path.as_bytes()))?.read_to_end(&mut bytes)?;
        nix::unistd::close(number)?;
        let lines = bytes.split(|byte| *byte == 0).filter_map(|line| {
            let at = line.iter().skip(1).position(|byte| *byte == b'=')? + 1;
            let text = |part: &[u8]| OsString::from_vec(part.to_vec());
            Some((text(&line[..at]), text(&line[at + 1..])))
        });
        Ok(lines.collect())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_what_is_known_to_be_no_secret_stays() {
            let settings = ["HOLDPOINT_PORT".to_owned()];
            for name in ["PATH", "LC_ALL", "HOLDPOINT_PORT", "XDG_DATA_HOME", "SSL_CERT_FILE"] {
                assert!(stays(OsStr::new(name), &settings), "{name}");
            }
            for name in [
                "HOLDPOINT_TOKENS",
                "HOLDPOINT_PORTS",
                "GITHUB_TOKEN",
                "SUPABASE_DB_URL",
                "PGPASSWORD",
                "DATABASE_URL",
                "HTTPS_PROXY",
                "AWS_SECRET_ACCESS_KEY",
            ] {
                assert!(!stays(OsStr::new(name), &settings), "{name}");
            }
        }

        #[test]
        fn what_is_taken_is_read_back() {
            let variables = [("A", "1=2"), ("EMPTY", ""), ("LINES", "a\nb")];
            let variables = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
            let file = write(&variables).unwrap();
            let number = file.as_raw_fd().to_string();
            // Reading closes it.
            std::mem::forget(file);
            assert_eq!(read(OsStr::new(&number)).unwrap(), BTreeMap::from(variables));
            assert!(read(OsStr::new("0")).is_err() && read(OsStr::new("x")).is_err());
        }
    }
}
