//! How what the proxy read of runbooks is read: the types are those of `holdpoint_domain::runbook`. The page has no reader
//! of Markdown, so this is all that it knows of a runbook.

use std::sync::Arc;

use holdpoint_domain::runbook::{
    Block, CommandBlock, Diagnostic, Field, Inline, ListItem, Metadata, Order, Part, Place, Procedure, Runbook,
    Severity, Step,
};
use holdpoint_domain::wire::{ProcedureBrief, RunbookRead, Usual};
use serde_json::Value;

use super::Received;
use super::json::{FromJson, Reader};
use super::read::{fields, tagged, words};

fields! {
    RunbookRead { name, digest, runbook }
    Metadata { name, value }
    Place { line, column }
    Procedure { id, title, kind, order, line, intro, steps, rollback, timebox_seconds }
    Step {
        id, number, title, plain, line, parts, gates, on_fail, optional, timebox_seconds, children
    }
    CommandBlock { language, text, line, expected }
    Field { id, label }
    Usual { sessions, from_seconds, to_seconds }
    ListItem { task, blocks }
}

words! {
    Severity { "info" => Info, "warning" => Warning, "error" => Error }
    Order { "sequential" => Sequential, "any" => Any }
}

tagged! {
    Part by "part" {
        "why" => Why { blocks },
        "command" => Command { command },
        "expected" => Expected { blocks },
        "checks" => Checks { label, blocks },
        "if_it_fails" => IfItFails { action, blocks },
        "field" => Field { field },
        "text" => Text { blocks }
    }
    Block by "block" {
        "heading" => Heading { level, anchor, content },
        "paragraph" => Paragraph { content },
        "quote" => Quote { blocks },
        "list" => List { start, items },
        "code" => Code { language, text },
        "table" => Table { head, rows },
        "html" => Html { text, comment },
        "rule" => Rule {}
    }
    Inline by "inline" {
        "text" => Text { text },
        "code" => Code { text },
        "emphasis" => Emphasis { content },
        "strong" => Strong { content },
        "strike" => Strike { content },
        "link" => Link { target, content },
        "html" => Html { text, comment },
        "break" => Break {}
    }
}

impl FromJson for Diagnostic {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        Self {
            // The place's fields stand beside the others.
            place: Place::read(value, reader),
            severity: FromJson::read(reader.field(value, "severity"), reader),
            message: FromJson::read(reader.field(value, "message"), reader),
        }
    }
}

impl FromJson for Runbook {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        Self {
            title: FromJson::read(reader.field(value, "title"), reader),
            metadata: FromJson::read(reader.field(value, "metadata"), reader),
            blocks: FromJson::read(reader.field(value, "blocks"), reader),
            procedures: FromJson::read(reader.field(value, "procedures"), reader),
            diagnostics: FromJson::read(reader.field(value, "diagnostics"), reader),
            // The page shows references as a part of the document, and looks up no mention.
            references: Vec::new(),
            mentions: Vec::new(),
        }
    }
}

/// What the proxy read of a session's own text. Nothing in a session can be shown or ticked without it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The procedure; none where the text has none, and then there is no step to tick.
    pub procedure: Option<Arc<Procedure>>,
    /// The procedures that can undo the session.
    pub rollbacks: Vec<ProcedureBrief>,
    /// The text that this was read from: what the browser keeps.
    pub text: Arc<str>,
}

impl FromJson for Reading {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        let procedure = reader.told(value, "procedure");
        let read: Option<Procedure> = FromJson::read(procedure, reader);
        let rollbacks = reader.told(value, "rollbacks");
        Self {
            procedure: read.map(Arc::new),
            rollbacks: FromJson::read(rollbacks, reader),
            text: format!(r#"{{"procedure":{procedure},"rollbacks":{rollbacks}}}"#).into(),
        }
    }
}

/// A session, as the proxy answers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its events, in order.
    pub events: Vec<Received>,
    /// What its own text says.
    pub reading: Reading,
    /// How long such sessions took before.
    pub usual: Option<Usual>,
}

impl FromJson for Session {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        Self {
            events: FromJson::read(reader.field(value, "events"), reader),
            reading: Reading::read(value, reader),
            usual: FromJson::read(reader.field(value, "usual"), reader),
        }
    }
}
