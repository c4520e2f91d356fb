//! What `rehearsal.toml` says, and what is wrong with one.

use super::gates;
use crate::file::RehearsalFile;

const GATES: &str = r#"
[gates.site]
title = "Site"
kind = "http"
http = { url = "{url.site}/a" }
expect = [{ check = "json", path = "$.version", equals = "{version}" }]

[gates.stock]
title = "Stock"
kind = "sql"
sql = { database = "main", statement = "SELECT 1 AS n" }
expect = [{ check = "column", name = "n", equals = 1 }]

[gates.probe]
title = "Probe"
kind = "command"
command = { argv = ["probe"] }
expect = [{ check = "output", contains = "fine" }]
"#;

fn parse(text: &str) -> Result<RehearsalFile, String> {
    RehearsalFile::parse(text, &gates(GATES)).map_err(|error| error.to_string())
}

#[test]
fn a_whole_file_is_read_and_faults_keep_their_order() {
    let file = parse(
        r#"
[answers.site]
status = 200
headers = { x-served-by = "{mode}" }
body = '{"version":"{version}","at":"{now-20m}"}'
delay = "300ms"
[answers.stock]
columns = ["n", "at"]
rows = [[1, 2026-01-02T03:04:05Z]]
[answers.probe]
exit_code = 0
output = ["one", { after = "200ms", line = "fine" }, { stream = "err", line = "" }]
[faults.zebra]
title = "Zebra"
description = "First."
answers.site = "refused"
[faults.ape]
title = "Ape"
description = "Second."
answers.stock = { error = "no such table" }
answers.probe = { exit_code = 2 }
"#,
    )
    .unwrap();
    assert_eq!(file.answers.keys().collect::<Vec<_>>(), ["probe", "site", "stock"]);
    assert_eq!(
        file.faults.iter().map(|fault| fault.id.as_str()).collect::<Vec<_>>(),
        ["zebra", "ape"]
    );
    assert_eq!(parse("").unwrap(), RehearsalFile::default());
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let fault = |rest: &str| format!("[faults.f]\ntitle = \"F\"\ndescription = \"d\"\n{rest}");
    for (text, said) in [
        ("[answers", "1:9: "),
        ("[answer.site]\n", "1:2: unknown field `answer`"),
        ("[answers.site]\nstate = 200\n", "2:1: unknown field `state`"),
        (
            "[answers.nobody]\nstatus = 200\n",
            "1:10: gates.toml declares no gate “nobody”",
        ),
        (
            "[answers.site]\nexit_code = 0\n",
            "2:1: the gate “site” is of kind “http”, and its answers have no `exit_code`",
        ),
        (
            "[answers.stock]\nbody = \"\"\n",
            "2:1: the gate “stock” is of kind “sql”",
        ),
        (
            "[answers.probe]\nrows = [[1]]\ncolumns = [\"n\"]\n",
            "2:1: the gate “probe” is of kind “command”",
        ),
        ("[answers.site]\nstatus = \"200\"\n", "2:10: invalid type"),
        ("[answers.site]\nstatus = 100\n", "2:1: the status is from 200 to 599"),
        (
            "[answers.site]\ndelay = \"25h\"\n",
            "2:1: a delay is of 24 hours at most",
        ),
        (
            "[answers.probe]\noutput = [\"fine\", { after = \"18446744073709551615ms\", line = \"x\" }]\n",
            "2:19: a delay is of 24 hours at most",
        ),
        ("[answers.site]\ndelay = \"soon\"\n", "2:9: “soon” is not a duration"),
        (
            "[answers.site.headers]\nContent-Length = \"1\"\n",
            "2:1: the header “Content-Length” is set by the server",
        ),
        (
            "[answers.site.headers]\nx = \"a\\nb\"\n",
            "2:1: “x” is not the name of a header",
        ),
        (
            "[answers.site]\nbody = \"{nobody}\"\n",
            "1:10: in the environment “lab” there is no value for {nobody}",
        ),
        (
            "[answers.site]\nbody = \"{secret.token}\"\n",
            "1:10: in the environment “lab” there is no value for {secret.token}",
        ),
        (
            "[answers.stock]\ncolumns = [\"n\"]\n",
            "2:1: `columns` and `rows` are given together",
        ),
        (
            "[answers.stock]\ncolumns = [\"n\"]\nrows = [[1], [1, 2]]\n",
            "3:14: the row has 2 cells, and there are 1 columns",
        ),
        (
            "[answers.stock]\ncolumns = [\"n\", \"n\"]\nrows = []\n",
            "2:1: the column “n” is there twice",
        ),
        (
            "[answers.stock]\nerror = \"x\"\ncolumns = []\nrows = []\n",
            "2:1: `error` is given instead of",
        ),
        ("[answers.probe]\nexit_code = 256\n", "2:13: invalid value"),
        (
            "[answers.probe]\noutput = [\"a\\nb\"]\n",
            "a line of output has no line break",
        ),
        ("[answers.probe]\noutput = [{ text = \"a\" }]\n", "unknown field `text`"),
        (
            "[answers.probe]\noutput = [{ line = \"a\", stream = \"both\" }]\n",
            "unknown variant `both`",
        ),
        (
            &fault("answers.site = \"melted\""),
            "4:9: “melted” is not a fault that the gate “site” can have; these are: refused, time-out, 503",
        ),
        (&fault("answers.site = \"exit-1\""), "4:9: “exit-1” is not a fault"),
        (
            &fault("answers.nobody = \"refused\""),
            "4:9: gates.toml declares no gate “nobody”",
        ),
        (
            &fault("answers.site = { exit_code = 1 }"),
            "4:18: the gate “site” is of kind “http”",
        ),
        (&fault("answers.site = 3"), "4:16: invalid type"),
        (&fault("answers = {}"), "1:9: a fault answers at least one gate"),
        (
            "[faults.\"a:b\"]\ntitle = \"F\"\ndescription = \"d\"\nanswers.site = \"refused\"",
            "1:9: “a:b” is not the id of a fault",
        ),
        (
            "[faults.f]\ntitle = \" \"\ndescription = \"d\"\nanswers.site = \"refused\"",
            "1:9: the title is empty",
        ),
    ] {
        let error = parse(text).expect_err(text);
        assert!(error.contains(said), "{text}\n{error}\nshould say {said}");
    }
}

#[test]
fn what_is_no_file_or_too_long_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rehearsal.toml");
    let load = || RehearsalFile::load(folder.path(), &gates(GATES)).map_err(|error| error.to_string());
    assert_eq!(load(), Ok(RehearsalFile::default()));
    for odd in ["/dev/zero", "/dev/null"] {
        std::os::unix::fs::symlink(odd, &path).unwrap();
        assert!(
            load()
                .unwrap_err()
                .ends_with("rehearsal.toml: cannot be read: it is not a file")
        );
        std::fs::remove_file(&path).unwrap();
    }
    let pipe = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(pipe.success());
    assert!(load().unwrap_err().contains("it is not a file"));
    std::fs::remove_file(&path).unwrap();
    let longest = usize::try_from(crate::file::MOST_BYTES).unwrap();
    std::fs::write(&path, "#".repeat(longest)).unwrap();
    assert_eq!(load(), Ok(RehearsalFile::default()));
    std::fs::write(&path, "#".repeat(longest + 1)).unwrap();
    assert!(load().unwrap_err().contains("it is longer than 8 MB"));
}
