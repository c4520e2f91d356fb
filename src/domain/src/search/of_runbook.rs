//! What a runbook has that can be found.

use super::index::Entry;
use crate::runbook::{Block, Inline, Procedure, Reference, Runbook, Step, inline_text};
use crate::wire::{FoundKind, SearchHit};

/// Characters of a title, and of a detail.
const SHOWN: usize = 200;
/// Commands of one fence that are found each by itself.
const COMMANDS: usize = 40;

/// Everything in a runbook that can be found: itself, its procedures with their steps and commands, and what is looked up in it.
/// `name` is the file's name without `.md`.
#[must_use]
pub fn entries_of_runbook(name: &str, runbook: &Runbook) -> Vec<Entry> {
    let page = format!("/runbooks/{name}");
    let at = |line: u32| match runbook.anchor_at(line) {
        Some(anchor) => format!("{page}#{anchor}"),
        None => page.clone(),
    };
    let place = Place {
        runbook: Some(name),
        of: &runbook.title,
        href: &at,
    };
    let mut entries = vec![Entry {
        hit: place.hit(FoundKind::Runbook, &runbook.title, "", page.clone()),
        also: name.to_owned(),
    }];
    for procedure in &runbook.procedures {
        let start = format!("{page}/start/{}", procedure.id);
        let mut hit = place.hit(FoundKind::Procedure, &procedure.title, &runbook.title, start);
        hit.procedure = Some(procedure.id.clone());
        let also = format!("{:?} {}", procedure.kind, procedure.id);
        entries.push(Entry { hit, also });
        place.steps(procedure, &mut entries);
    }
    for symptom in runbook.symptoms().iter().filter(|one| one.procedure.is_none()) {
        let says: Vec<&str> = symptom.says.iter().map(|said| said.text.as_str()).collect();
        let href = match symptom.anchor.as_str() {
            "" => page.clone(),
            anchor => format!("{page}#{anchor}"),
        };
        entries.push(Entry {
            hit: place.hit(FoundKind::Symptom, &symptom.symptom, &says.join(" · "), href),
            also: format!("{} {}", symptom.section, runbook.title),
        });
    }
    for reference in &runbook.references {
        place.reference(reference, &mut entries);
    }
    // A row of troubleshooting is found once.
    let symptoms: Vec<(String, String)> = of_kind(&entries, FoundKind::Symptom);
    entries.retain(|entry| {
        let key = (entry.hit.title.clone(), entry.hit.href.clone());
        entry.hit.kind != FoundKind::Reference || !symptoms.contains(&key)
    });
    entries
}

/// The steps and commands of a procedure by itself, as a session has it. They lead to nowhere but their step.
#[must_use]
pub fn entries_of_procedure(procedure: &Procedure) -> Vec<Entry> {
    let place = Place {
        runbook: None,
        of: "",
        href: &|_| String::new(),
    };
    let mut entries = Vec::new();
    place.steps(procedure, &mut entries);
    entries
}

fn of_kind(entries: &[Entry], kind: FoundKind) -> Vec<(String, String)> {
    let hits = entries.iter().map(|entry| &entry.hit).filter(|hit| hit.kind == kind);
    hits.map(|hit| (hit.title.clone(), hit.href.clone())).collect()
}

/// Where entries are.
struct Place<'a> {
    runbook: Option<&'a str>,
    /// The runbook's title.
    of: &'a str,
    /// The address of a line.
    href: &'a dyn Fn(u32) -> String,
}

impl Place<'_> {
    fn hit(&self, kind: FoundKind, title: &str, detail: &str, href: String) -> SearchHit {
        SearchHit {
            kind,
            title: cut(title),
            detail: cut(detail),
            href,
            runbook: self.runbook.map(str::to_owned),
            procedure: None,
            step: None,
            title_marks: Vec::new(),
            detail_marks: Vec::new(),
        }
    }

    fn steps(&self, procedure: &Procedure, into: &mut Vec<Entry>) {
        let detail = match self.of {
            "" => procedure.title.clone(),
            of => format!("{} · {of}", procedure.title),
        };
        for step in outline(&procedure.steps) {
            let place = |kind, title: &str, detail: &str| {
                let mut hit = self.hit(kind, title, detail, (self.href)(step.line));
                hit.procedure = Some(procedure.id.clone());
                hit.step = Some(step.id.clone());
                hit
            };
            let number = step.number.as_deref().unwrap_or_default();
            into.push(Entry {
                hit: place(FoundKind::Step, &step.title, &detail),
                also: format!("{number} {} {}", step.plain_title(), step.gates.join(" ")),
            });
            for line in step.commands().flat_map(|command| command_lines(&command.text)) {
                let detail = format!("{} · {detail}", step.title);
                into.push(Entry {
                    hit: place(FoundKind::Command, line, &detail),
                    also: String::new(),
                });
            }
        }
    }

    fn reference(&self, reference: &Reference, into: &mut Vec<Entry>) {
        let href = (self.href)(reference.line);
        let title = reference.title.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| title.contains(word));
        let of_section = if says(&["glossary", "terminology", "definitions"]) {
            FoundKind::Term
        } else if says(&["contact", "on call", "on-call"]) {
            FoundKind::Contact
        } else {
            FoundKind::Reference
        };
        let also = format!("{} {}", reference.title, self.of);
        let mut push = |kind, title: &str, detail: &str| {
            if !title.is_empty() {
                into.push(Entry {
                    hit: self.hit(kind, title, detail, href.clone()),
                    also: also.clone(),
                });
            }
        };
        push(FoundKind::Reference, &reference.title, self.of);
        for block in &reference.blocks {
            match block {
                Block::Table { head, rows } => {
                    let runs = head.iter().position(|cell| is_command_column(&text(cell)));
                    for row in rows {
                        let cells: Vec<String> = row.iter().map(|cell| text(cell)).collect();
                        let (kind, first) = match runs.filter(|at| cells.get(*at).is_some_and(|cell| !cell.is_empty()))
                        {
                            Some(at) => (FoundKind::Command, at),
                            None => (of_section, 0),
                        };
                        let rest = cells
                            .iter()
                            .enumerate()
                            .filter(|(at, cell)| *at != first && !cell.is_empty());
                        let rest: Vec<&str> = rest.map(|(_, cell)| cell.as_str()).collect();
                        push(kind, cells.get(first).map_or("", String::as_str), &rest.join(" · "));
                    }
                }
                Block::Code { language, text } if is_shell(language) => {
                    for line in command_lines(text) {
                        push(FoundKind::Command, line, &reference.title);
                    }
                }
                _ => {}
            }
        }
        // Lists have no columns.
        let in_tables = reference
            .blocks
            .iter()
            .any(|block| matches!(block, Block::Table { .. }));
        for item in reference.items.iter().filter(|_| !in_tables) {
            push(of_section, item.first().map_or("", String::as_str), &reference.title);
        }
    }
}

/// Steps and their sub-steps, in the order of the text.
fn outline(steps: &[Step]) -> Vec<&Step> {
    let each = steps
        .iter()
        .flat_map(|step| std::iter::once(step).chain(outline(&step.children)));
    each.collect()
}

/// The lines of a fence that run something.
fn command_lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim);
    let is_comment = |line: &&str| line.is_empty() || line.starts_with('#') || line.starts_with("--");
    lines.filter(move |line| !is_comment(line)).take(COMMANDS)
}

fn is_command_column(head: &str) -> bool {
    matches!(
        head.to_lowercase().as_str(),
        "run this" | "command" | "commands" | "run" | "do that"
    )
}

fn is_shell(language: &str) -> bool {
    let known = [
        "bash",
        "sh",
        "shell",
        "zsh",
        "powershell",
        "pwsh",
        "ps1",
        "console",
        "sql",
        "cmd",
    ];
    known.contains(&language.to_lowercase().as_str())
}

fn text(cell: &[Inline]) -> String {
    inline_text(cell).trim().to_owned()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
