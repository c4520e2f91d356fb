//! Procedures that hold every variant of the stored model once at least. They are made by hand and not read of a text, so that
//! a newer reader changes nothing in them.

use holdpoint_domain::runbook::{
    Block, CommandBlock, Field, Inline, ListItem, OnFail, Order, Part, Procedure, ProcedureKind, Step,
};

fn text(text: &str) -> Inline {
    Inline::Text { text: text.to_owned() }
}

fn inlines() -> Vec<Inline> {
    let all = vec![
        text("plain"),
        Inline::Code { text: "code".into() },
        Inline::Emphasis {
            content: vec![text("stressed")],
        },
        Inline::Strong {
            content: vec![text("strong")],
        },
        Inline::Strike {
            content: vec![text("struck")],
        },
        Inline::Link {
            target: "https://example.com/".into(),
            content: vec![text("a link")],
        },
        Inline::Html {
            text: "<!-- hidden -->".into(),
            comment: true,
        },
        Inline::Break,
    ];
    // A new variant does not compile here until it is in the list above as well.
    for one in &all {
        match one {
            Inline::Text { .. }
            | Inline::Code { .. }
            | Inline::Emphasis { .. }
            | Inline::Strong { .. }
            | Inline::Strike { .. }
            | Inline::Link { .. }
            | Inline::Html { .. }
            | Inline::Break => {}
        }
    }
    all
}

fn paragraph(content: Vec<Inline>) -> Block {
    Block::Paragraph { content }
}

fn blocks() -> Vec<Block> {
    let item = |task, said: &str| ListItem {
        task,
        blocks: vec![paragraph(vec![text(said)])],
    };
    let all = vec![
        Block::Heading {
            level: 4,
            anchor: "a-heading".into(),
            content: vec![text("A heading")],
        },
        paragraph(inlines()),
        Block::Quote {
            blocks: vec![paragraph(vec![text("quoted")])],
        },
        Block::List {
            start: Some(3),
            items: vec![item(None, "third")],
        },
        Block::List {
            start: None,
            items: vec![item(Some(true), "ticked"), item(Some(false), "open")],
        },
        Block::Code {
            language: "text".into(),
            text: "+--+\n".into(),
        },
        Block::Table {
            head: vec![vec![text("Name")], vec![text("Value")]],
            rows: vec![vec![vec![text("a")], Vec::new()]],
        },
        Block::Html {
            text: "<b>".into(),
            comment: false,
        },
        Block::Rule,
    ];
    for one in &all {
        match one {
            Block::Heading { .. }
            | Block::Paragraph { .. }
            | Block::Quote { .. }
            | Block::List { .. }
            | Block::Code { .. }
            | Block::Table { .. }
            | Block::Html { .. }
            | Block::Rule => {}
        }
    }
    all
}

fn parts() -> Vec<Part> {
    let said = |said: &str| vec![paragraph(vec![text(said)])];
    let mut all = vec![
        Part::Why {
            blocks: said("because"),
        },
        Part::Command {
            command: CommandBlock {
                language: "sql".into(),
                text: "SELECT 1; -- Expected: 1 row\n".into(),
                line: 7,
                expected: Some("1 row".into()),
            },
        },
        Part::Expected {
            blocks: said("one row"),
        },
        Part::Checks {
            label: "What it checks".into(),
            blocks: said("the rows"),
        },
        Part::Field {
            field: Field {
                id: "actual".into(),
                label: "Actual".into(),
            },
        },
        Part::Text { blocks: blocks() },
    ];
    let actions = [OnFail::Stop, OnFail::Rollback, OnFail::Caution];
    all.extend(actions.map(|action| Part::IfItFails {
        action,
        blocks: said("if it fails"),
    }));
    for one in &all {
        match one {
            Part::Why { .. }
            | Part::Command { .. }
            | Part::Expected { .. }
            | Part::Checks { .. }
            | Part::IfItFails {
                action: OnFail::Stop | OnFail::Rollback | OnFail::Caution,
                ..
            }
            | Part::Field { .. }
            | Part::Text { .. } => {}
        }
    }
    all
}

fn step(id: &str, parts: Vec<Part>, children: Vec<Step>) -> Step {
    Step {
        id: id.to_owned(),
        number: Some("2.1".into()),
        title: "Look".into(),
        plain: Some("We look".into()),
        line: 5,
        parts,
        gates: vec!["contract".into()],
        on_fail: Some(OnFail::Caution),
        optional: true,
        work: false,
        live: false,
        undo: None,
        timebox_seconds: Some(900),
        children,
    }
}

/// One procedure of each kind: the first holds everything, the others one step each.
pub fn procedures() -> Vec<Procedure> {
    use ProcedureKind::{Checklist, Emergency, Monitoring, Pipeline, Release, Rollback, Scaling, Setup, Validation};
    let kinds = [
        Emergency, Monitoring, Checklist, Validation, Setup, Scaling, Pipeline, Release, Rollback,
    ];
    let procedure = |(index, kind): (usize, ProcedureKind)| {
        match kind {
            Release | Rollback | Emergency | Monitoring | Checklist | Validation | Setup | Scaling | Pipeline => {}
        }
        let first = index == 0;
        Procedure {
            id: format!("procedure-{index}"),
            title: format!("Procedure {index}"),
            kind,
            order: if first { Order::Any } else { Order::Sequential },
            line: 1,
            intro: if first { blocks() } else { Vec::new() },
            steps: match first {
                true => vec![step("whole", parts(), vec![step("whole/part", Vec::new(), Vec::new())])],
                false => vec![step("only", Vec::new(), Vec::new())],
            },
            rollback: first.then(|| "procedure-1".to_owned()),
            timebox_seconds: first.then_some(3600),
            errors: Vec::new(),
        }
    };
    kinds.into_iter().enumerate().map(procedure).collect()
}
