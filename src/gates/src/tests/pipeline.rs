//! The pipeline of an environment: what is read, and what is refused at which place.

use crate::config::GatesFile;

const HEAD: &str = "[environments.prod]\ntitle = \"Production\"\n";

fn parse(lines: &str) -> Result<GatesFile, String> {
    GatesFile::parse(&format!("{HEAD}{lines}")).map_err(|error| error.to_string())
}

fn page(lines: &str) -> Option<String> {
    let file = parse(lines).unwrap();
    let environment = &file.environments["prod"];
    environment.pipeline.as_ref()?.page(environment.repository.as_deref())
}

#[test]
fn a_whole_pipeline_is_read_and_most_of_it_can_be_left_out() {
    let file = parse(
        "[environments.prod.pipeline]\nrepository = \"org/na-me.x\"\nworkflow = \"deploy.yml\"\n\
         api = \"https://github.example/api/v3/\"\ntoken = { env = \"TOKEN\" }\nrunbook = \"production-deployment\"\n",
    )
    .unwrap();
    let pipeline = file.environments["prod"].pipeline.as_ref().unwrap();
    assert_eq!(pipeline.api(), "https://github.example/api/v3");
    let name = pipeline.repository(None).unwrap();
    assert_eq!((name.owner.as_str(), name.name.as_str()), ("org", "na-me.x"));
    assert_eq!(pipeline.token.as_ref().unwrap().env.as_deref(), Some("TOKEN"));

    let file = parse("repository = \"https://github.com/org/name.git/\"\npipeline = {}\n").unwrap();
    let environment = &file.environments["prod"];
    let pipeline = environment.pipeline.as_ref().unwrap();
    assert_eq!(pipeline.api(), "https://api.github.com");
    assert_eq!(
        pipeline.repository(environment.repository.as_deref()).unwrap().name,
        "name"
    );
    assert!(parse("").unwrap().environments["prod"].pipeline.is_none());
    assert!(parse("pipeline = { repository = \"o/n\", workflow = \"161335\" }\n").is_ok());
}

#[test]
fn the_page_for_people_is_made_of_what_is_declared() {
    for (lines, address) in [
        ("pipeline = { repository = \"o/n\" }", "https://github.com/o/n"),
        (
            "pipeline = { repository = \"o/n\", api = \"https://ghe.example:8443/api/v3\" }",
            "https://ghe.example:8443/o/n",
        ),
        (
            "pipeline = { repository = \"o/n\", api = \"https://api.team.ghe.com\" }",
            "https://team.ghe.com/o/n",
        ),
        (
            "repository = \"https://git.example:8443/o/n.git/\"\npipeline = { api = \"https://api.git.example\" }",
            "https://git.example:8443/o/n",
        ),
        (
            "repository = \"https://elsewhere.example/o/n/\"\npipeline = { api = \"https://api.git.example\" }",
            "https://git.example/o/n",
        ),
        (
            "repository = \"https://git.example/o/other\"\npipeline = { repository = \"o/n\" }",
            "https://github.com/o/n",
        ),
    ] {
        assert_eq!(page(lines).as_deref(), Some(address), "{lines}");
    }
}

#[test]
fn every_mistake_of_a_pipeline_has_its_place_and_its_sentence() {
    let place = "environment “prod” (pipeline";
    for (lines, at, said) in [
        ("pipeline = {}", "3:1", "nothing says which repository's runs are meant"),
        (
            "pipeline = { repository = \"name\" }",
            "3:14",
            "is written `owner/name`",
        ),
        (
            "pipeline = { repository = \"o/n/actions\" }",
            "3:14",
            "is written `owner/name`",
        ),
        (
            "pipeline = { repository = \"o/..\" }",
            "3:14",
            "is written `owner/name`",
        ),
        (
            "pipeline = { repository = \"o/n?x\" }",
            "3:14",
            "is written `owner/name`",
        ),
        (
            "repository = \"https://github.com/o\"\npipeline = {}",
            "4:1",
            "does not lead to a repository",
        ),
        (
            "pipeline = { repository = \"o/n\", workflow = \".github/workflows/deploy.yml\" }",
            "3:34",
            "the name of its file without folders",
        ),
        (
            "pipeline = { repository = \"o/n\", workflow = \"Deploy\" }",
            "3:34",
            "the name of its file without folders",
        ),
        (
            "pipeline = { repository = \"o/n\", api = \"http://api.example\" }",
            "3:34",
            "must begin with https://",
        ),
        (
            "pipeline = { repository = \"o/n\", api = \"https://me:pw@api.example\" }",
            "3:34",
            "user name or password",
        ),
        (
            "pipeline = { repository = \"o/n\", token = { env = \"A\", file = \"b\" } }",
            "3:34",
            "exactly one of `env`",
        ),
        (
            "pipeline = { repository = \"o/n\", runbook = \"../x\" }",
            "3:34",
            "without folders and without `.md`",
        ),
        (
            "pipeline = { repository = \"o/n\", runbook = \"deploy.md\" }",
            "3:34",
            "without folders and without `.md`",
        ),
    ] {
        let error = parse(&format!("{lines}\n")).unwrap_err();
        assert!(error.starts_with(&format!("{at}: ")), "{lines}: {error}");
        assert!(error.contains(place) && error.contains(said), "{lines}: {error}");
        assert!(!error.contains("pw"), "{error}");
    }
    let unknown = parse("[environments.prod.pipeline]\nrepo = \"o/n\"\n").unwrap_err();
    assert!(unknown.starts_with("4:1: ") && unknown.contains("repo"), "{unknown}");
    let secret = parse("[environments.prod.pipeline]\nrepository = \"o/n\"\ntoken = \"ghp_s3cret\"\n").unwrap_err();
    assert!(secret.starts_with("5:") && !secret.contains("s3cret"), "{secret}");
    assert!(
        parse("private_addresses = true\npipeline = { repository = \"o/n\", api = \"http://127.0.0.1:1\" }\n").is_ok()
    );
}
