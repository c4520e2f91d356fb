//! A team's own report: a template of minijinja, filled with what the report knows. Every value is escaped, whatever the template says.

use std::io;

use holdpoint_domain::session::describe;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{Environment, Output, UndefinedBehavior, Value};
use serde_json::json;

use crate::error::ExportError;
use crate::escape::escape;
use crate::evidence::{time_utc, word};
use crate::export::write_export;
use crate::fold::Folded;
use crate::format::Format;
use crate::html;
use crate::linked::LinkedSessions;
use crate::log::Log;
use crate::markdown::notices;
use crate::post_mortem::PostMortem;
use crate::severity::{is_incident, suggested};
use crate::told::Told;
use crate::visible::visible;

/// Bytes of a template.
pub const TEMPLATE_LIMIT: usize = 256 * 1024;
/// Bytes that a template may make.
const OUTPUT_LIMIT: usize = 64 * 1024 * 1024;
/// Events of a session of which a template is filled: unlike the shipped report, it has all of them at once.
const EVENTS_LIMIT: u64 = 20_000;
/// Instructions that a template may take: a loop over a timeline of 20,000 events takes about a million.
const FUEL: u64 = 50_000_000;
/// Names that a template may use.
const NAMES: [&str; 6] = ["report", "post_mortem", "timeline", "linked", "session", "head"];

/// What a template makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateKind {
    /// Markdown: values stay text in a line or in a cell.
    Md,
    /// HTML: values stay text in an element or in a quoted attribute.
    Html,
}

impl TemplateKind {
    fn format(self) -> Format {
        match self {
            Self::Md => Format::Md,
            Self::Html => Format::Html,
        }
    }

    fn escaped(self, text: &str) -> String {
        match self {
            Self::Md => escape(text),
            Self::Html => html_escaped(&visible(text)),
        }
    }
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct TemplateError {
    /// The file's name.
    pub file: String,
    /// From 1; none where the whole is meant.
    pub line: Option<usize>,
    /// A sentence.
    pub message: String,
}

/// A template that can be read.
#[derive(Clone, Debug)]
pub struct ReportTemplate {
    file: String,
    kind: TemplateKind,
    source: String,
}

/// A session as a template makes it.
#[derive(Clone, Debug)]
pub struct TemplateExport {
    /// The whole file.
    pub text: String,
    /// Its media type and ending are this format's.
    pub format: Format,
    /// Why the template was not used. Then the text is the shipped report, with this at its head.
    pub problem: Option<TemplateError>,
}

impl ReportTemplate {
    /// A template by its file's name (`short.md`, `short.html`) and its text.
    ///
    /// # Errors
    /// It is too long or cannot be read, its name says no kind, or it uses a name that there is not.
    pub fn new(file: &str, source: &str) -> Result<Self, TemplateError> {
        let wrong = |line, message: &str| TemplateError {
            file: file.to_owned(),
            line,
            message: message.to_owned(),
        };
        let kind = match file.rsplit_once('.') {
            Some((stem, "md")) if !stem.is_empty() => TemplateKind::Md,
            Some((stem, "html")) if !stem.is_empty() => TemplateKind::Html,
            _ => return Err(wrong(None, "a template's name ends with .md or .html.")),
        };
        if source.len() > TEMPLATE_LIMIT {
            return Err(wrong(None, "a template has at most 256 KiB."));
        }
        let template = Self {
            file: file.to_owned(),
            kind,
            source: source.to_owned(),
        };
        let environment = environment(kind);
        let compiled = environment
            .template_from_named_str(&template.file, &template.source)
            .map_err(|error| template.error(&error))?;
        let known = |name: &String| NAMES.contains(&name.as_str()) || environment.globals().any(|(one, _)| one == name);
        let mut unknown: Vec<String> = compiled.undeclared_variables(false).into_iter().collect();
        unknown.retain(|name| !known(name));
        unknown.sort();
        if let Some(name) = unknown.first() {
            let line = source
                .lines()
                .position(|line| line.contains(name.as_str()))
                .map(|at| at + 1);
            let message = format!("there is no “{name}”; there are {}.", NAMES.join(", "));
            return Err(wrong(line, &message));
        }
        Ok(template)
    }

    fn error(&self, error: &minijinja::Error) -> TemplateError {
        let mut message = error.kind().to_string();
        if let Some(detail) = error.detail() {
            message = format!("{message}: {detail}");
        }
        TemplateError {
            file: self.file.clone(),
            line: error.line(),
            message: message + ".",
        }
    }

    /// Fills the template.
    fn render(&self, context: Value) -> Result<String, TemplateError> {
        let environment = environment(self.kind);
        let template = environment
            .template_from_named_str(&self.file, &self.source)
            .map_err(|error| self.error(&error))?;
        let mut made = Limited(Vec::new());
        let rendered = template.render_captured_to(context, &mut made).map(drop);
        rendered.map_err(|error| self.error(&error))?;
        String::from_utf8(made.0).map_err(|_| TemplateError {
            file: self.file.clone(),
            line: None,
            message: "what it made is no text.".to_owned(),
        })
    }
}

/// Takes as many bytes as there may be.
struct Limited(Vec<u8>);

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_LIMIT {
            return Err(io::Error::other("it makes more than 64 MiB"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// No other template can be reached from one, and no file: nothing loads any.
fn environment(kind: TemplateKind) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(100);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    // Only marks that are given can be wrong, and none is.
    environment.set_syntax(syntax.build().unwrap_or_default());
    // Whatever a template marks as safe: what people typed stays text.
    environment.set_formatter(move |out: &mut Output, _, value: &Value| {
        let text = match value.kind() {
            ValueKind::None => String::new(),
            ValueKind::Undefined => return Err(minijinja::ErrorKind::UndefinedError.into()),
            ValueKind::String => kind.escaped(value.as_str().unwrap_or_default()),
            _ => kind.escaped(&value.to_string()),
        };
        Ok(out.write_str(&text)?)
    });
    environment
}

fn html_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '`' => out.push_str("&#96;"),
            other => out.push(other),
        }
    }
    out
}

/// Exports a session by a template, or, where the template cannot be used, as the shipped report of the same kind with a notice.
///
/// # Errors
/// When the records are not a session's log.
pub fn export_by_template(
    log: &dyn Log,
    folded: &Folded,
    number: u32,
    linked: LinkedSessions,
    template: Result<ReportTemplate, (TemplateKind, TemplateError)>,
) -> Result<TemplateExport, ExportError> {
    let made = match template {
        Err(problem) => Err(problem),
        Ok(template) if folded.head.seq > EVENTS_LIMIT => {
            let message = format!(
                "the session has {} events, and a template is filled with at most {EVENTS_LIMIT}.",
                folded.head.seq
            );
            let (file, line) = (template.file, None);
            Err((template.kind, TemplateError { file, line, message }))
        }
        Ok(template) => {
            let header = folded.header(number);
            let told = Told {
                log,
                folded,
                header: &header,
                linked: &linked.clone().with_those_of(&header),
            };
            let rendered = template.render(context(&told)?);
            rendered
                .map(|text| (template.kind, with_notices(template.kind, text, &told)))
                .map_err(|problem| (template.kind, problem))
        }
    };
    match made {
        Ok((kind, text)) => Ok(TemplateExport {
            text,
            format: kind.format(),
            problem: None,
        }),
        Err((kind, problem)) => {
            let mut report = Vec::new();
            write_export(&mut report, log, folded, number, linked, kind.format())?;
            let report = String::from_utf8(report).map_err(|_| ExportError::Text)?;
            let notice = format!("The template could not be used, so this is the shipped report. {problem}");
            let text = match kind {
                TemplateKind::Md => format!("> **TEMPLATE NOT USED.** {}\n\n{report}", escape(&notice)),
                TemplateKind::Html => {
                    let notice = html_escaped(&visible(&notice));
                    let notice =
                        format!("<main>\n<blockquote><strong>TEMPLATE NOT USED.</strong> {notice}</blockquote>\n");
                    report.replacen("<main>\n", &notice, 1)
                }
            };
            Ok(TemplateExport {
                text,
                format: kind.format(),
                problem: Some(problem),
            })
        }
    }
}

/// What a template made, below the notices that no report of the session is without.
fn with_notices(kind: TemplateKind, text: String, told: &Told<'_>) -> String {
    let mut markdown = String::new();
    // Writing to a string cannot fail.
    notices(&mut markdown, told).unwrap_or(());
    if markdown.is_empty() {
        return text;
    }
    match kind {
        TemplateKind::Md => markdown + &text,
        TemplateKind::Html => {
            let at = body_begins(&text);
            format!("{}\n{}{}", &text[..at], html::rendered(&markdown), &text[at..])
        }
    }
}

/// Where what is shown of a page begins: after its tag `body`, or else after its doctype.
fn body_begins(page: &str) -> usize {
    let small = page.to_ascii_lowercase();
    let end_of_tag = |from: usize| small[from..].find('>').map(|end| from + end + 1);
    let is_tag =
        |at: &usize| small[at + "<body".len()..].starts_with(|next: char| next == '>' || next.is_ascii_whitespace());
    let in_comment = |at: &usize| {
        small[..*at]
            .rfind("<!--")
            .is_some_and(|open| !small[open..*at].contains("-->"))
    };
    let mut tags = small.match_indices("<body").map(|(at, _)| at);
    match tags.find(|at| is_tag(at) && !in_comment(at)).and_then(end_of_tag) {
        Some(at) => at,
        None if small.trim_start().starts_with("<!doctype") => end_of_tag(0).unwrap_or(0),
        None => 0,
    }
}

/// What a template is filled with. `docs/RUNBOOK-FORMAT.md` has all of it.
fn context(told: &Told<'_>) -> Result<Value, ExportError> {
    let Told {
        log,
        folded,
        header,
        linked,
    } = told;
    let (state, trouble) = (&folded.state, &folded.trouble);
    let rollback = linked.rollback_known(state);
    let mut report = serde_json::to_value(header)?;
    if let Some(report) = report.as_object_mut() {
        // What the JSON export leaves out where it is empty is there for templates.
        for list in [
            "left_out",
            "on_browsers_word",
            "by_old_declaration",
            "without_pass",
            "holds",
        ] {
            report.entry(list).or_insert_with(|| json!([]));
        }
        report.entry("seconds_on_hold").or_insert_with(|| json!(0));
        report.remove("post_mortem");
        report.insert("created".to_owned(), json!(time_utc(header.created)));
        report.insert("resolved".to_owned(), json!(header.resolved.map(time_utc)));
        report.insert("incident".to_owned(), json!(is_incident(trouble, state, rollback)));
        let suggestion = suggested(trouble, state, rollback).map(|one| one.in_words());
        report.insert("severity_in_words".to_owned(), json!(suggestion));
        let closing = state.closed.as_ref().map(|closed| closed.summary.clone());
        report.insert("closing_words".to_owned(), json!(closing));
    }
    let noted = PostMortem::of(&state.annotations).unwrap_or_default();
    let post_mortem = json!({
        "severity": noted.severity.map(|said| json!({
            "level": said.level.word(), "by": said.by, "at": time_utc(said.at), "reason": said.reason,
        })),
        "impact": noted.impact,
        "root_cause": noted.root_cause,
        "factors": noted.factors,
        "actions": noted.actions.into_iter().map(|one| json!({
            "number": one.number, "action": one.action, "owner": one.owner, "due": one.due, "state": one.state.word(),
        })).collect::<Vec<_>>(),
    });
    let timeline = log.records().map(|record| {
        let record = record.map_err(ExportError::Log)?;
        let told = describe(state, &record);
        let star = state.annotations.stars.get(&record.seq);
        Ok(json!({
            "seq": record.seq,
            "at": time_utc(record.at),
            "who": record.actor.name(),
            "subject": told.subject,
            "what": told.what,
            "verdict": told.outcome.map(word),
            "detail": told.detail,
            "starred": star.is_some(),
            "caption": star.map(|star| star.value.clone()),
        }))
    });
    let timeline = timeline.collect::<Result<Vec<_>, ExportError>>()?;
    let undoes = linked
        .undoes
        .as_ref()
        .map(|one| format!("{}: {}", one.name(), one.undone_stands()));
    let undone_by = linked
        .undone_by
        .as_ref()
        .map(|one| format!("{}: {}", one.name(), one.stands()));
    Ok(Value::from(Serde(json!({
        "report": report,
        "post_mortem": post_mortem,
        "timeline": timeline,
        "linked": {"undoes": undoes, "undone_by": undone_by},
        "session": folded.session,
        "head": folded.head,
    }))))
}
