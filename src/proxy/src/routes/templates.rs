//! What the proxy writes as HTML or SVG around a session's words. Every value is escaped, whatever the template is called.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use holdpoint_domain::runbook::shown;
use holdpoint_domain::summary::{Mark, SessionStatus};
use minijinja::{AutoEscape, Environment, Error, Value, context};

use crate::page::First;

static TEMPLATES: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.add_template("watch", include_str!("templates/watch.html"))?;
    templates.add_template("title", "<title>{{ title }} · Holdpoint</title>")?;
    templates.add_template("badge", include_str!("templates/badge.svg"))?;
    Ok(templates)
});

/// Pixels of a character on average, in 12 px of a sans-serif font; the picture makes each text as long as that.
const CHARACTER: usize = 7;
/// Pixels beside each text, on both sides together.
const ROOM: usize = 18;
/// Characters of a badge's title at most.
const BADGE_TITLE: usize = 48;

/// What stands in the watch page's first answer, which is true at `now`. Nobody renews it, so the tab has its title without the headline.
///
/// # Errors
/// Only where a template is wrong, which a test would show.
pub(super) fn first_answer(status: &SessionStatus, now: DateTime<Utc>) -> Result<First, Error> {
    let title = status.title.as_str();
    let html = render(
        "watch",
        context! {
            title => shown(title),
            now => now.format("%Y-%m-%d %H:%M:%S").to_string(),
            production => status.production && !status.rehearsal,
            environment => status.environment.to_ascii_uppercase(),
            rehearsal => status.rehearsal,
            drill => status.drill,
            mark => status.mark.name(),
            headline => status.headline.as_str(),
            sentence => status.sentence.as_str(),
            waiting_for => status.waiting_for.as_deref(),
            closed => status.closed,
            since => status.since.map(|since| since.format("%Y-%m-%d %H:%M").to_string()),
            decides => status.decides.as_str(),
            decided => status.decided,
            to_do => status.to_do.as_deref(),
            ends => status.estimate.as_ref().map(|estimate| estimate.sentence.as_str()),
        },
    )?;
    Ok(First {
        title: render("title", context! { title => shown(title) })?,
        html,
    })
}

/// A session's title and headline as a small picture. White on each ground has 4.5:1 or more.
///
/// # Errors
/// As [`first_answer`].
pub(super) fn badge(status: &SessionStatus) -> Result<String, Error> {
    let ground = ground(status.mark);
    let title = match status.rehearsal {
        true => format!("Rehearsal: {}", status.title),
        false => status.title.clone(),
    };
    let title = shortened(&title);
    let (left, right) = (width(&title), width(&status.headline));
    render(
        "badge",
        context! { title, headline => status.headline.as_str(), left, right, ground },
    )
}

/// The colour that the page draws the mark in (`style/tokens.css`).
const fn ground(mark: Mark) -> &'static str {
    match mark {
        Mark::Go => "#17704a",
        Mark::Hold | Mark::Back | Mark::Alert => "#8a4f00",
        Mark::Wait => "#5f646b",
    }
}

fn render(name: &str, values: Value) -> Result<String, Error> {
    let templates = TEMPLATES
        .as_ref()
        .map_err(|error| Error::new(error.kind(), error.to_string()))?;
    templates.get_template(name)?.render(values)
}

fn width(text: &str) -> usize {
    text.chars().count() * CHARACTER + ROOM
}

/// Cut where it is too long, and without what XML has no place for (XML 1.0, 2.2).
fn shortened(title: &str) -> String {
    let is_none_of_xml = |letter: char| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}');
    let shown = |letter: char| if is_none_of_xml(letter) { ' ' } else { letter };
    let mut short: String = title.chars().take(BADGE_TITLE).map(shown).collect();
    if short.chars().count() < title.chars().count() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use holdpoint_domain::session::SessionId;
    use holdpoint_domain::summary::{EstimateBasis, Headline, StatusEstimate, Tone};

    use super::*;

    fn status(title: &str) -> SessionStatus {
        SessionStatus {
            session: SessionId::nil(),
            seq: 1,
            rollback: None,
            at: chrono::DateTime::from_timestamp(1_763_640_000, 0).expect("a time"),
            title: title.to_owned(),
            headline: "ON HOLD".to_owned(),
            tone: Tone::Hold,
            mark: Mark::Hold,
            sentence: "A check has not passed. <b>2</b> of 7 steps are done.".to_owned(),
            waiting_for: Some("Robin & Sam".to_owned()),
            since: None,
            captain: "Robin".to_owned(),
            decides: "Robin".to_owned(),
            decided: false,
            to_do: None,
            impact_unknown: true,
            environment: "Production".to_owned(),
            production: true,
            rehearsal: false,
            drill: false,
            closed: false,
            stages_over: 0,
            stages: Vec::new(),
            estimate: None,
        }
    }

    #[test]
    fn what_a_session_says_is_text_and_nothing_else() {
        let evil = status("<script>\"&\u{1}");
        let badge = badge(&evil).expect("the template is right");
        assert!(
            badge.contains("aria-label=\"&lt;script&gt;&quot;&amp; : ON HOLD\""),
            "{badge}"
        );
        let answer = first_answer(&evil, evil.at).expect("the template is right");
        assert_eq!(
            answer.title,
            "<title>&lt;script&gt;&quot;&amp;\u{1} · Holdpoint</title>"
        );
        let answer = answer.html;
        for (text, there) in [
            ("<script>", false),
            ("<b>", false),
            ("&lt;b&gt;2&lt;", true),
            ("Robin &amp; Sam", true),
        ] {
            assert_eq!(answer.contains(text), there, "{text}: {answer}");
        }
        assert!(answer.contains("As of 2025-11-20 12:00:00 UTC"), "{answer}");
    }

    #[test]
    fn the_first_answer_says_where_it_runs_and_when_it_ends_as_the_page_does() {
        let estimate = StatusEstimate {
            sentence: "The runbook itself says about 5 minutes for what is left.".to_owned(),
            basis: EstimateBasis::Runbook,
            sessions: 0,
            earliest: None,
            latest: None,
            uncounted: 0,
        };
        let told = SessionStatus {
            estimate: Some(estimate),
            ..status("Release")
        };
        let answer = first_answer(&told, told.at).expect("the template is right").html;
        for text in [
            "<span class=\"env production\">PRODUCTION</span>This is production.",
            "<dt>When it ends</dt>",
            "about 5 minutes for what is left.",
        ] {
            assert!(answer.contains(text), "{text}: {answer}");
        }
        let rehearsal = SessionStatus {
            rehearsal: true,
            ..status("Release")
        };
        let answer = first_answer(&rehearsal, rehearsal.at)
            .expect("the template is right")
            .html;
        for text in ["This is production.", "When it ends"] {
            assert!(!answer.contains(text), "{text}: {answer}");
        }
    }

    #[test]
    fn page_picture_and_first_answer_have_one_mark_and_its_colour() {
        const TOKENS: &str = include_str!("../../../../style/tokens.css");
        for (headline, mark, token) in [
            (Headline::GoingWell, "go", "go"),
            (Headline::Caution, "alert", "hold"),
            (Headline::Responding, "alert", "hold"),
            (Headline::RollingBack, "back", "hold"),
            (Headline::OnHold, "hold", "hold"),
            (Headline::RollbackFinished, "back", "hold"),
            (Headline::RollbackLeftOut, "alert", "hold"),
            (Headline::FinishedCaution, "alert", "hold"),
            (Headline::RolledBack, "back", "hold"),
            (Headline::LeftOut, "wait", "ink-3"),
            (Headline::GivenUp, "wait", "ink-3"),
            (Headline::GivenUpMaybeLive, "hold", "hold"),
        ] {
            let told = SessionStatus {
                headline: headline.words().to_owned(),
                tone: headline.tone(),
                mark: headline.mark(),
                ..status("Release")
            };
            let answer = first_answer(&told, told.at).expect("the template is right").html;
            assert!(
                answer.contains(&format!("class=\"word {mark} soon\">{}<", headline.words())),
                "{answer}"
            );
            let colour = ground(headline.mark());
            assert!(
                TOKENS.contains(&format!("  --{token}: light-dark({colour}, ")),
                "{colour} is not --{token}"
            );
            assert!(
                badge(&told)
                    .expect("the template is right")
                    .contains(&format!("fill=\"{colour}\""))
            );
        }
    }

    #[test]
    fn the_first_answer_says_since_when_and_who_decides_and_what_to_think_of_it_when_it_is_old() {
        let goes_on = SessionStatus {
            since: chrono::DateTime::from_timestamp(1_763_640_000, 0),
            ..status("Release")
        };
        let told = |status: &SessionStatus| first_answer(status, goes_on.at).expect("the template is right").html;
        let answer = told(&goes_on);
        for text in [
            "<dt>Since</dt>\n          <dd>2025-11-20 12:00 UTC</dd>",
            "<dd><bdi>Robin</bdi></dd>",
            "offline late\">Not up to date: this was so at 2025-11-20 12:00:00 UTC.",
            "<p class=\"was late\">What was so at 2025-11-20 12:00:00 UTC: ON HOLD.</p>",
        ] {
            assert!(answer.contains(text), "{text}: {answer}");
        }
        assert!(answer.contains("<dd>Nothing</dd>"), "{answer}");
        let closed = SessionStatus {
            closed: true,
            decided: true,
            to_do: Some("Ask Robin what is live".to_owned()),
            ..goes_on.clone()
        };
        let over = told(&closed);
        for text in [
            "<dt>Ended</dt>",
            "<dt>Who decided</dt>",
            "<dd>Ask Robin what is live</dd>",
        ] {
            assert!(over.contains(text), "{text}: {over}");
        }
    }

    #[test]
    fn a_long_title_is_cut_between_characters() {
        let badge = badge(&status(&"é".repeat(60))).expect("the template is right");
        assert!(badge.contains(&format!(">{}…<", "é".repeat(BADGE_TITLE))), "{badge}");
        assert!(!badge.contains(&"é".repeat(BADGE_TITLE + 1)));
    }
}
