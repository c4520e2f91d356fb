//! A drill in the browser: chosen in the start form, marked everywhere, and scored when it is closed.

use std::fs;
use std::time::Duration;

use holdpoint_tests::{Browser, Name, Options, Result, TestProxy};

const RUNBOOK: &str = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=sequential \
                       -->\n\n### STEP 1: LOOK\n<!-- holdpoint: id=look gate=site -->\n\nLook at the site.\n\n\
                       ### STEP 2: ANNOUNCE\n<!-- holdpoint: id=announce -->\n\nTell everybody.\n";

const GATES: &str = "[environments.test]\ntitle = \"Test\"\nurls = { site = \"https://site.example\" }\n\n\
                     [gates.site]\ntitle = \"The site answers\"\nkind = \"http\"\nhttp = { url = \"{url.site}/health\" }\n\
                     expect = [{ check = \"status\", equals = 200 }]\n";

const REHEARSAL: &str = "[faults.outage]\ntitle = \"A complete outage\"\ndescription = \"The site is gone.\"\n\
                         answers.site = { status = 503 }\n\n\
                         [[drill]]\nid = \"dark\"\ntitle = \"Lights out\"\ndescription = \"Something goes out.\"\n\
                         faults = [{ fault = \"outage\", once_asked = \"site\", lasts = \"5s\" }]\n";

async fn shows(browser: &Browser, words: &str) -> Result<()> {
    browser
        .until(words, Duration::from_secs(20), || async {
            Ok(browser.text().await?.contains(words))
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_is_chosen_marked_and_scored() -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("demo.md", RUNBOOK),
        ("gates.toml", GATES),
        ("rehearsal.toml", REHEARSAL),
    ] {
        fs::write(folder.path().join(name), text).expect("it can be written");
    }
    let proxy = TestProxy::start(Options::rehearsal().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/runbooks/demo").await?;
    shows(&browser, "No drill of this runbook is over").await?;

    // As a link to repeat one leads there.
    browser
        .go("/runbooks/demo/start/release?drill=dark&seed=our-seed")
        .await?;
    browser.find("combobox", "Drill").await?;
    shows(&browser, "Something goes out.").await?;
    // What will happen is said of a drill as long as one is chosen.
    let outlook = browser.find("region", "What will happen").await?;
    assert!(browser.text_of(&outlook).await?.contains("REHEARSAL: DRILL"));
    browser.choose("Drill", "No drill").await?;
    let told = browser.text_of(&outlook).await?;
    assert!(told.contains("REHEARSAL") && !told.contains("DRILL"), "{told}");
    browser.choose("Drill", "Lights out").await?;
    let session = browser.start_session("Test (rehearsal)", "Robin Captain").await?;
    let head = browser.find("region", "Session").await?;
    let told = browser.text_of(&head).await?;
    assert!(
        told.contains("REHEARSAL: DRILL") && told.contains("Lights out"),
        "{told}"
    );
    assert!(
        !browser.text().await?.contains("A complete outage"),
        "nobody is told the plan"
    );

    browser.click("button", Name::begins("Run gate")).await?;
    browser.until_standing("HOLD").await?;
    browser
        .click("DisclosureTriangle", "Could not follow this step?")
        .await?;
    browser.fill("What could not be followed", "Where is the site?").await?;
    browser.click("button", "Save").await?;
    shows(&browser, "Where is the site?").await?;

    browser.go(&format!("/watch/{session}")).await?;
    shows(&browser, "REHEARSAL: DRILL").await?;
    // The fault lasts five seconds.
    browser
        .until("the gate to pass", Duration::from_secs(30), || async {
            Ok(client.verdict_of(session, "release/look", "site").await?.outcome == "pass")
        })
        .await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.do_step("ANNOUNCE").await?;
    shows(&browser, "is revealed when the session is closed").await?;
    browser.close_session("Completed", "").await?;
    browser.until_standing("COMPLETED").await?;
    for words in [
        "A complete outage",
        "our-seed",
        "Time to notice",
        "The site answers did not pass",
        "run again until it passed",
        "n.a.",
        "Where is the site?",
    ] {
        shows(&browser, words).await?;
    }
    assert_eq!(browser.axe().await?, Vec::<String>::new());
    browser.size(360, 800).await?;
    assert_eq!(browser.axe().await?, Vec::<String>::new(), "on a phone");
    let wide = browser
        .script("return document.documentElement.scrollWidth > innerWidth")
        .await?;
    assert_eq!(wide, false, "nothing is wider than a phone");
    browser.click("link", "Repeat this drill").await?;
    browser.find("textbox", Name::begins("Seed")).await?;
    let seed = browser
        .script("return document.getElementById('start-seed').value")
        .await?;
    assert_eq!(seed, "our-seed");

    browser.go("/runbooks/demo").await?;
    shows(&browser, "Longest to notice").await?;
    // It is repeated in the environment that it was of.
    let repeat = browser.find("link", Name::begins("Repeat Lights out")).await?;
    let href = browser.element(&repeat).await?.attr("href").await?.unwrap_or_default();
    assert!(
        href.contains("environment=test") && href.contains("seed=our-seed"),
        "{href}"
    );
    browser.close().await
}
