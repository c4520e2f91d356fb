//! The candidates in a section's own text, each weighed by itself: nothing in a section hides anything else in it.

use super::finder::Finder;
use super::recognise::{Above, is_checks, is_command};
use crate::annotation::StepsFrom;
use crate::blocks::{Blocks, Mark};
use crate::boxes::{has_box_line, has_tasks, is_boxes};
use crate::content::lead_text;
use crate::cues::{Cue, Cues, Form, Weighed};
use crate::fences::{FenceForm, fence_form};
use crate::labels::{labelled, lists_facts};
use crate::numbering::{Numbering, numbered};
use crate::tables::check_table;
use crate::text::inline_lead;
use crate::titles::commands_in;
use crate::words;
use holdpoint_domain::runbook::{Block, Inline, ListItem};

/// The candidate that a block is, if it is one.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub weighed: Weighed,
    pub taken: bool,
}

impl Finder<'_, '_, '_, '_> {
    /// Weighs each block of a section's text.
    pub(super) fn candidates(&self, at: usize, here: Above, explicit: bool) -> Vec<Option<Candidate>> {
        let section = &self.sections[at];
        let body = self.body(section);
        let context = self
            .context(at, here, explicit)
            .with(Cue::HeadingVerb, section.words.verb);
        let mut before: Option<&Block> = None;
        let mut found: Vec<Option<Candidate>> = Vec::with_capacity(body.blocks.len());
        let wanted = section.args.steps;
        let checks = wanted == Some(StepsFrom::List) && body.blocks.iter().any(is_checks);
        let numbered = body
            .blocks
            .iter()
            .any(|block| matches!(block, Block::List { start: Some(_), .. }));
        for (block, mark) in body.iter() {
            if matches!(block, Block::Html { comment: true, .. }) {
                found.push(None);
                continue;
            }
            let lead = before.replace(block);
            let candidate = form(block, lead, wanted).filter(|form| match wanted {
                None => true,
                Some(StepsFrom::List) if checks => !matches!(
                    form,
                    Form::NumberedList | Form::BulletList | Form::NumberedFence | Form::NumberedLines
                ),
                Some(StepsFrom::List) => {
                    matches!(form, Form::NumberedList) || !numbered && matches!(form, Form::BulletList)
                }
                Some(StepsFrom::Fence) => matches!(form, Form::BoxFence | Form::NumberedFence | Form::NumberedLines),
                Some(StepsFrom::Table) => matches!(form, Form::BoxTable | Form::CheckTable),
                Some(StepsFrom::Headings | StepsFrom::None) => false,
            });
            let candidate = candidate.map(|form| {
                let cues = context.and(block_cues(form, block, lead));
                let weighed = Weighed {
                    form,
                    at: mark.start,
                    cues,
                };
                Candidate {
                    weighed,
                    taken: weighed.is_steps(),
                }
            });
            found.push(candidate);
        }
        add_step_lines(body, context, wanted, &mut found);
        self.add_sentences(body.blocks, body.marks, context, wanted, &mut found);
        let stronger = found
            .iter()
            .flatten()
            .any(|one| one.taken && one.weighed.form != Form::BulletList);
        for one in found.iter_mut().flatten() {
            if one.weighed.form == Form::BulletList && stronger && wanted.is_none() {
                // The author's word about the section means its boxes and numbers then.
                one.weighed.cues = one.weighed.cues.with(Cue::Beside, true).without(Cue::Author);
                one.taken = one.weighed.is_steps();
            }
        }
        found
    }
}

impl Finder<'_, '_, '_, '_> {
    /// Paragraphs that are each followed by a command, where most of them say what to do: several, or one beside other steps.
    fn add_sentences(
        &self,
        blocks: &[Block],
        marks: &[Mark],
        context: Cues,
        wanted: Option<StepsFrom>,
        found: &mut [Option<Candidate>],
    ) {
        if wanted.is_some() {
            return;
        }
        let mut leads = Vec::new();
        let mut verbs = 0;
        for (index, pair) in blocks.windows(2).enumerate() {
            let [Block::Paragraph { content }, fence] = pair else {
                continue;
            };
            if found[index].is_none() && found[index + 1].is_none() && labelled(content).is_none() && is_command(fence)
            {
                leads.push(index);
                verbs += usize::from(words::begins_with_verb(&inline_lead(content, 100)));
            }
        }
        let others = found
            .iter()
            .flatten()
            .any(|one| one.taken && one.weighed.form != Form::BulletList);
        if leads.is_empty() || leads.len() < 2 && !others || verbs * 2 < leads.len() {
            return;
        }
        let cues = context.with(Cue::Commands, true).with(Cue::EntryVerbs, true);
        for index in leads {
            let weighed = Weighed {
                form: Form::CommandSentences,
                at: marks[index].start,
                cues,
            };
            found[index] = weighed.is_steps().then_some(Candidate { weighed, taken: true });
        }
    }
}

/// Paragraphs such as `Step 1 – Find the backup` and `**1. Freeze**`: what follows one, up to the next, belongs to it.
fn add_step_lines(body: Blocks<'_>, context: Cues, wanted: Option<StepsFrom>, found: &mut [Option<Candidate>]) {
    let is_line = |block: &Block| match block {
        Block::Paragraph { content } => {
            let bold = matches!(content.first(), Some(Inline::Strong { .. }));
            let lead = inline_lead(content, 100);
            let (how, number, _) = numbered(lead.split('\n').next().unwrap_or_default());
            // `2.0` is a version.
            let whole = number.is_some_and(|number| !number.contains('.'));
            how == Numbering::Step || bold && how == Numbering::Plain && whole
        }
        _ => false,
    };
    let lines: Vec<usize> = (0..body.blocks.len())
        .filter(|&at| found[at].is_none() && is_line(&body.blocks[at]))
        .collect();
    // A label before a list groups it, which is the same with fewer words.
    let groups = lines
        .iter()
        .all(|at| matches!(body.blocks.get(at + 1), Some(Block::List { .. })));
    if lines.len() < 2 || groups || wanted.is_some() {
        return;
    }
    let weighed = |at: usize| Weighed {
        form: Form::StepLines,
        at: body.marks[at].start,
        cues: context,
    };
    let taken = weighed(lines[0]).is_steps();
    for (at, one) in found.iter_mut().enumerate().skip(lines[0]) {
        let line = lines.binary_search(&at).is_ok();
        if line || taken {
            *one = line.then(|| Candidate {
                weighed: weighed(at),
                taken,
            });
        }
    }
}

/// The form in which a block may be steps.
fn form(block: &Block, lead: Option<&Block>, wanted: Option<StepsFrom>) -> Option<Form> {
    match block {
        Block::List { items, .. } if has_tasks(items) => Some(Form::Boxes),
        Block::List { start: Some(_), .. } => Some(Form::NumberedList),
        Block::List { .. } => Some(Form::BulletList),
        Block::Paragraph { content } => has_box_line(content).then_some(Form::BoxLines),
        Block::Quote { .. } => is_boxes(block).then_some(Form::Boxes),
        Block::Table { head, rows } => match check_table(head, rows) {
            Some(true) => Some(Form::BoxTable),
            Some(false) => Some(Form::CheckTable),
            None => (wanted == Some(StepsFrom::Table)).then_some(Form::CheckTable),
        },
        Block::Code { language, text } => {
            let least = if wanted == Some(StepsFrom::Fence) { 1 } else { 2 };
            match fence_form(language, text, &lead_text(lead), least) {
                FenceForm::Boxes => Some(Form::BoxFence),
                FenceForm::NumberedComments => Some(Form::NumberedFence),
                FenceForm::NumberedLines => Some(Form::NumberedLines),
                FenceForm::Command | FenceForm::Text => None,
            }
        }
        _ => None,
    }
}

/// What a block and the line before it say.
fn block_cues(form: Form, block: &Block, lead: Option<&Block>) -> Cues {
    let facts = lead.is_some_and(lists_facts);
    match block {
        Block::List { items, .. } if form != Form::Boxes => list_cues(items, form).with(Cue::MachineDoes, facts),
        Block::Code { .. } => Cues::default()
            .with(Cue::Commands, form == Form::NumberedFence)
            .with(Cue::MachineDoes, facts && form != Form::BoxFence),
        _ => Cues::default(),
    }
}

/// What the entries of a list say.
fn list_cues(items: &[ListItem], form: Form) -> Cues {
    let (mut verbs, mut subjects, mut links, mut facts, mut commands) = (0, 0, 0, 0, 0);
    for item in items {
        let Some(Block::Paragraph { content }) = item.blocks.first() else {
            continue;
        };
        let lead = inline_lead(content, 100);
        let verb = numbered(&lead).0 == Numbering::Step || words::begins_with_verb(&lead);
        verbs += usize::from(verb);
        subjects += usize::from(!verb && words::begins_with_subject(&lead));
        links += usize::from(is_link(content));
        facts += usize::from(!verb && is_fact(content, &lead));
        let fence = || item.blocks.iter().any(is_command);
        commands += usize::from(!commands_in(content).is_empty() || fence());
    }
    let half = |count: usize| count > 0 && count * 2 >= items.len();
    let most = |count: usize| count * 2 > items.len();
    Cues::default()
        .with(Cue::EntryVerbs, half(verbs))
        .with(Cue::Commands, commands > 0)
        .with(Cue::Statements, most(subjects))
        .with(Cue::Links, most(links))
        .with(Cue::Facts, most(facts))
        .with(
            Cue::NoVerbs,
            form == Form::BulletList && !half(verbs) && !half(commands),
        )
}

/// Nothing but a link.
fn is_link(content: &[Inline]) -> bool {
    let mut shown = content
        .iter()
        .filter(|piece| !matches!(piece, Inline::Text { text } if !text.contains(char::is_alphanumeric)));
    matches!(shown.next(), Some(Inline::Link { .. })) && shown.next().is_none()
}

/// `name: text`, `**name** – text`.
fn is_fact(content: &[Inline], lead: &str) -> bool {
    let marked = matches!(content.first(), Some(Inline::Code { .. } | Inline::Strong { .. }));
    let line = lead.split('\n').next().unwrap_or_default();
    let found = [": ", " – ", " — ", " - ", " = ", "："]
        .iter()
        .filter_map(|mark| line.find(mark))
        .min();
    let name = |end: usize| line[..end].split_whitespace().count();
    found.is_some_and(|end| name(end) <= if marked { 6 } else { 3 })
}
