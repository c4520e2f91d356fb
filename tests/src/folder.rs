//! A small folder of runbooks of a test's own: every form of step and gate that the contract speaks of, and nothing else.

use std::path::Path;

use tempfile::TempDir;

use crate::system::write;
use crate::{DriverError, Result};

/// The runbook `demo`: a release in order with its rollback, and a checklist in which each item has a gate of its own.
pub const DEMO: &str = r"# Demo

## Release
<!-- holdpoint: procedure id=release kind=release order=sequential rollback=undo -->

### STEP 1: FREEZE
<!-- holdpoint: id=freeze -->

Scale the workers to zero.

### STEP 2: VERIFY
<!-- holdpoint: id=verify gate=health on_fail=stop -->

Ask the service.

### STEP 3: ANNOUNCE
<!-- holdpoint: id=announce optional -->

Tell everybody.

## Undo
<!-- holdpoint: procedure id=undo kind=rollback order=sequential -->

### STEP 1: BACK
<!-- holdpoint: id=back -->

Put the old version back.

## Automatic
<!-- holdpoint: procedure id=automatic kind=release order=sequential -->

### STEP 1: FIRST
<!-- holdpoint: id=first gate=auto-health -->

It verifies itself.

### STEP 2: SECOND
<!-- holdpoint: id=second gate=auto-health-too -->

So does this one.

## Checks
<!-- holdpoint: procedure id=checks kind=checklist order=any -->

- [ ] Program succeeds <!-- holdpoint: id=succeeds gate=succeeds -->
- [ ] Program exits with 3 <!-- holdpoint: id=exits gate=exits -->
- [ ] Program is killed <!-- holdpoint: id=killed gate=killed -->
- [ ] Program takes too long <!-- holdpoint: id=late gate=late -->
- [ ] Program is missing <!-- holdpoint: id=absent gate=absent -->
- [ ] Program says too much <!-- holdpoint: id=loud gate=loud -->
- [ ] Program takes its time <!-- holdpoint: id=slow gate=slow -->
- [ ] Program tells a secret <!-- holdpoint: id=telling gate=telling -->
- [ ] Service is healthy <!-- holdpoint: id=healthy gate=health -->
- [ ] Nobody declared this <!-- holdpoint: id=nobody gate=undeclared -->
- [ ] A person looked

| Check | Expected | Actual |
| --- | --- | --- |
| Queue length | 0 | |
";

/// What the secret of the gate `telling` is.
pub const SECRET: &str = "correct-horse-battery-staple-7";

const GATES: &str = r#"
[environments.test]
title = "Test"
urls = { api = "@URL@" }
private_addresses = true
variables = { mode = "test" }
secrets.key = { file = "key" }

[gates.health]
title = "Service health"
plain = "The service is healthy"
kind = "http"
http = { url = "{url.api}/health" }
timeout = "1s"
direct = true
expect = [
  { check = "status", equals = 200 },
  { check = "json", path = "$.status", equals = "ok" },
]

[gates.auto-health]
title = "Service health, by itself"
kind = "http"
http = { url = "{url.api}/health" }
auto = true
expect = [{ check = "json", path = "$.status", equals = "ok" }]

[gates.auto-health-too]
title = "Service health, by itself once more"
kind = "http"
http = { url = "{url.api}/health" }
auto = true
expect = [{ check = "json", path = "$.status", equals = "ok" }]

[gates.succeeds]
title = "Succeeds"
kind = "command"
command = { argv = ["/bin/sh", "-c", "echo all is well"] }
expect = [{ check = "exit_code", equals = 0 }, { check = "output", contains = "all is well" }]

[gates.exits]
title = "Exits with 3"
kind = "command"
command = { argv = ["/bin/sh", "-c", "exit 3"] }
expect = [{ check = "exit_code", equals = 0 }]

[gates.killed]
title = "Is killed"
kind = "command"
command = { argv = ["/bin/sh", "-c", "kill -9 $$"] }
expect = [{ check = "exit_code", equals = 0 }]

[gates.late]
title = "Takes too long"
kind = "command"
command = { argv = ["/bin/sh", "-c", "sleep 20"] }
timeout = "300ms"
expect = [{ check = "exit_code", equals = 0 }]

[gates.absent]
title = "Is not there"
kind = "command"
command = { argv = ["/nowhere/program"] }
expect = [{ check = "exit_code", equals = 0 }]

[gates.loud]
title = "Says too much"
kind = "command"
command = { argv = ["/bin/sh", "-c", "yes | head -c 5000"], max_bytes = 1000 }
expect = [{ check = "exit_code", equals = 0 }]

[gates.slow]
title = "Takes its time"
kind = "command"
command = { argv = ["/bin/sh", "-c", "echo begun; sleep 20; echo ended"] }
timeout = "30s"
expect = [{ check = "exit_code", equals = 0 }]

[gates.telling]
title = "Tells a secret"
kind = "command"
command = { argv = ["/bin/sh", "-c", "echo before $KEY after; sleep 0.2; printf 'half '; printf %s \"$KEY\" | head -c 9; sleep 0.2; printf %s \"$KEY\" | tail -c +10; echo; printf %s \"$KEY\" | base64"], env = { KEY = "{secret.key}" } }
expect = [{ check = "exit_code", equals = 0 }, { check = "output", contains = "before" }]
"#;

/// A folder of runbooks that goes away with the test.
pub struct Folder {
    dir: TempDir,
}

impl Folder {
    /// The runbook [`DEMO`] with its gates, which ask a platform at this address.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn new(platform: &str) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("holdpoint-folder-").tempdir();
        let folder = Self {
            dir: dir.map_err(DriverError::io("making a folder of runbooks"))?,
        };
        folder.write("demo.md", DEMO)?;
        folder.write("gates.toml", &GATES.replace("@URL@", platform))?;
        folder.write("key", SECRET)?;
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file into it.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        write(&self.path().join(name), text.as_bytes())
    }
}
