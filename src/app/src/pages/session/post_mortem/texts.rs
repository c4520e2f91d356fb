//! Impact, root cause and contributing factors: texts that are read until somebody writes them.

use holdpoint_domain::session::{Annotation, Annotations, Written};
use leptos::prelude::*;

use super::editing::{EditButton, Editing, FormEnd, Waits, by, waits_words};
use crate::components::attention::use_attention;
use crate::components::forms::SubmitForm;
use crate::state::drafts::Draft;
use crate::state::session::use_session;

/// What one part of texts is.
pub struct TextsKind {
    id: &'static str,
    title: &'static str,
    about: &'static str,
    /// The labels of its fields.
    fields: &'static [&'static str],
    /// One field holds a text a line.
    lines: bool,
    /// The most characters of a field.
    limit: u32,
    read: fn(&Annotations) -> Option<Written<Vec<String>>>,
    write: fn(Vec<String>) -> Annotation,
    is: fn(&Annotation) -> bool,
}

pub static IMPACT: TextsKind = TextsKind {
    id: "impact",
    title: "Impact on users",
    about: "What users noticed, and for how long.",
    fields: &["Impact"],
    lines: false,
    limit: 10_000,
    read: |noted| {
        noted.impact.as_ref().map(|impact| Written {
            at: impact.at,
            actor: impact.actor.clone(),
            value: vec![impact.value.clone()],
        })
    },
    write: |texts| Annotation::Impact { text: texts.concat() },
    is: |annotation| matches!(annotation, Annotation::Impact { .. }),
};

pub static ROOT_CAUSE: TextsKind = TextsKind {
    id: "root-cause",
    title: "Root cause: five whys",
    about: "Ask why, and why that was, until the answer is something that can be changed. Leave the rest empty.",
    fields: &[
        "1. Why did it happen?",
        "2. Why was that?",
        "3. Why was that?",
        "4. Why was that?",
        "5. Why was that?",
    ],
    lines: false,
    limit: 2_000,
    read: |noted| noted.root_cause.clone(),
    write: |whys| Annotation::RootCause { whys },
    is: |annotation| matches!(annotation, Annotation::RootCause { .. }),
};

pub static FACTORS: TextsKind = TextsKind {
    id: "factors",
    title: "Contributing factors",
    about: "What made it more likely, or worse, or harder to see.",
    fields: &["Contributing factors, one a line, at most 20"],
    lines: true,
    limit: 40_000,
    read: |noted| noted.factors.clone(),
    write: |factors| Annotation::Factors { factors },
    is: |annotation| matches!(annotation, Annotation::Factors { .. }),
};

impl TextsKind {
    /// The texts that stand in the fields, without the empty ones.
    fn texts(&self, fields: Vec<String>) -> Vec<String> {
        let texts: Vec<String> = match self.lines {
            true => fields
                .iter()
                .flat_map(|field| field.lines())
                .map(str::to_owned)
                .collect(),
            false => fields,
        };
        let texts = texts.into_iter().map(|text| text.trim().to_owned());
        texts.filter(|text| !text.is_empty()).collect()
    }

    /// What stands in the fields for these texts.
    fn fields(&self, texts: &[String]) -> Vec<String> {
        match self.lines {
            true => vec![texts.join("\n")],
            false => texts.to_vec(),
        }
    }
}

#[component]
pub fn Texts(kind: &'static TextsKind) -> impl IntoView {
    let session = use_session();
    let saved = Memo::new(move |_| session.with(|state| (kind.read)(&state.annotations)));
    let editing = Editing::of(session.id, kind.id);
    let drafts: Vec<Draft> = (0..kind.fields.len())
        .map(|at| Draft::of(session.id, &format!("post-mortem.{}.{at}", kind.id)))
        .collect();
    let drafts = StoredValue::new(drafts);
    let begin = Callback::new(move |()| {
        let texts = saved.with_untracked(|saved| saved.as_ref().map(|saved| saved.value.clone()).unwrap_or_default());
        let mut fields = kind.fields(&texts).into_iter();
        drafts.with_value(|drafts| {
            drafts
                .iter()
                .for_each(|draft| draft.set_text.set(fields.next().unwrap_or_default()));
        });
    });
    let waits = Signal::derive(move || session.is_annotating(kind.is));
    let title = format!("{}-title", kind.id);
    view! {
        <section aria-labelledby=title.clone()>
            <div class="part-head">
                <h2 id=title.clone()>{kind.title}</h2>
                <EditButton editing of=kind.title is_written=Signal::derive(move || saved.with(Option::is_some)) on_begin=begin />
            </div>
            {move || shown(kind, saved.get())}
            <Waits waits />
            <Show when=move || editing.is_on()>
                <TextsForm kind editing drafts />
            </Show>
        </section>
    }
}

fn shown(kind: &'static TextsKind, saved: Option<Written<Vec<String>>>) -> AnyView {
    let Some(saved) = saved else {
        return view! { <p class="quiet">"Not written yet."</p> }.into_any();
    };
    let by = by(&saved.actor, saved.at);
    let several = kind.lines || kind.fields.len() > 1;
    let texts = match several {
        true => {
            let items = saved.value.into_iter().map(|text| view! { <li>{text}</li> });
            view! { <ol class="written">{items.collect_view()}</ol> }.into_any()
        }
        false => view! { <p class="written">{saved.value.concat()}</p> }.into_any(),
    };
    view! { {texts}<p class="by small quiet">{by}</p> }.into_any()
}

#[component]
fn TextsForm(kind: &'static TextsKind, editing: Editing, drafts: StoredValue<Vec<Draft>>) -> impl IntoView {
    let (session, attention) = (use_session(), use_attention());
    let problem = RwSignal::new(None::<String>);
    let end = move || {
        drafts.with_value(|drafts| drafts.iter().for_each(Draft::clear));
        editing.end();
    };
    let save = Callback::new(move |()| {
        let fields = drafts.with_value(|drafts| drafts.iter().map(|draft| draft.text.get_untracked()).collect());
        let texts = kind.texts(fields);
        let stands = session.with_untracked(|state| (kind.read)(&state.annotations));
        if stands.map(|stands| stands.value).unwrap_or_default() == texts {
            return end();
        }
        let saved = move || {
            end();
            attention.say(waits_words(kind.title));
        };
        problem.set(session.annotate((kind.write)(texts), saved).err());
    });
    let fields = kind.fields.iter().enumerate().map(|(at, label)| {
        let id = match at {
            0 => format!("{}-field", kind.id),
            at => format!("{}-field-{at}", kind.id),
        };
        let Draft { text, set_text, .. } = drafts.with_value(|drafts| drafts[at]);
        view! {
            <div class="field">
                <label for=id.clone()>{*label}</label>
                <textarea id=id rows="2" maxlength=kind.limit.to_string() bind:value=(text, set_text)></textarea>
            </div>
        }
    });
    let fields = fields.collect_view();
    view! {
        <p class="quiet small">{kind.about}</p>
        <SubmitForm on_submit=save>
            {fields}
            <FormEnd problem on_cancel=Callback::new(move |()| end()) />
        </SubmitForm>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_what_the_fields_are_filled_with_again() {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        for (kind, written, kept) in [
            (&ROOT_CAUSE, texts(&["a", " ", "b ", "", ""]), texts(&["a", "b"])),
            (&FACTORS, texts(&["a\n\n b\n"]), texts(&["a", "b"])),
            (&IMPACT, texts(&["a\nb"]), texts(&["a\nb"])),
            (&IMPACT, texts(&["  "]), texts(&[])),
        ] {
            assert_eq!(kind.texts(written), kept);
            assert_eq!(kind.texts(kind.fields(&kept)), kept);
        }
    }
}
