//! The stand-in platform's faults, to be switched on and off while rehearsing.

use holdpoint_domain::wire::FaultState;
use leptos::prelude::*;

use crate::api::{self, ApiError, ApiResult};
use crate::cells::{Callback, Derived, Held};
use crate::components::common::{load_error, loading, page_main, page_title};
use crate::components::dom::{El, div, el, paragraph, phrase, true_or_false};
use crate::state::load::Load;

/// `/rehearsal`.
pub fn rehearsal_page() -> El {
    let faults = Faults::new();
    faults.load();
    // The list's rows stay in place when a switch moves, so that focus stays on the switch.
    let shown = Derived::new(move |()| {
        faults.list.with(|list| match list {
            Load::Loading => Load::Loading,
            Load::Ready(_) => Load::Ready(()),
            Load::Failed(error) => Load::Failed(error.clone()),
        })
    });
    page_title("Rehearsal");
    let words = "The platform here is a stand-in on this machine. Switch a fault on, run a gate, and see what a session does with it. Nothing real is touched.";
    let content = move || match shown.get() {
        Load::Loading => vec![loading("the faults")],
        Load::Failed(ApiError::NotFound { .. }) => vec![no_rehearsal()],
        Load::Failed(error) => vec![load_error(&error, Some(Callback::new(move |()| faults.load())))],
        Load::Ready(()) => untrack(|| list(faults)),
    };
    page_main("page narrow")
        .child(el("h1").text("Rehearsal"))
        .child(paragraph("lead").text(words))
        .child(el("div").live_children(content))
}

/// The faults, as the proxy last told them. Its answer is the one truth; a switch moves when the proxy says so.
#[derive(Clone, Copy)]
struct Faults {
    list: Held<Load<Vec<FaultState>>>,
    /// Why a switch did not move, by fault.
    refused: Held<Vec<(String, ApiError)>>,
}

impl Faults {
    fn new() -> Self {
        Self {
            list: Held::new(Load::Loading),
            refused: Held::new(Vec::new()),
        }
    }

    /// Every fault; tracked.
    fn all(&self) -> Vec<FaultState> {
        self.list.with(|list| list.ready().cloned().unwrap_or_default())
    }

    fn load(self) {
        leptos::task::spawn_local(async move {
            let answer = api::rehearsal::faults().await;
            self.list.set(Load::from(answer));
        });
    }

    fn forget_refusal(&self, id: &str) {
        self.refused.update(|refused| refused.retain(|(of, _)| of != id));
    }

    fn set(self, id: String, on: bool) {
        leptos::task::spawn_local(async move {
            let answer: ApiResult<Vec<FaultState>> = api::rehearsal::set_fault(&id, on).await;
            match answer {
                Ok(list) => {
                    self.forget_refusal(&id);
                    self.list.set(Load::Ready(list));
                }
                Err(error) => {
                    self.forget_refusal(&id);
                    self.refused.update(|refused| refused.push((id, error)));
                }
            }
        });
    }
}

fn list(faults: Faults) -> Vec<El> {
    let on = move || faults.all().iter().filter(|fault| fault.on).count();
    let keys = move || faults.all().into_iter().map(|fault| fault.id).collect();
    let line = move |id: &str| match faults.all().into_iter().find(|fault| fault.id == id) {
        Some(one) => fault(one, faults),
        None => el("li"),
    };
    vec![
        paragraph("quiet").role("status").live_text(move || count(on())),
        el("ul").class("faults").live_list(keys, line),
    ]
}

fn fault(fault: FaultState, faults: Faults) -> El {
    let FaultState {
        id, title, description, ..
    } = fault;
    let (name, about) = (format!("fault-{id}"), format!("about-{id}"));
    let asked = id.clone();
    let on = Derived::new(move |()| faults.list.with(|list| is_on(list, &asked)));
    let told = id.clone();
    let refused = move || {
        faults
            .refused
            .with(|refused| {
                refused
                    .iter()
                    .find(|(id, _)| *id == told)
                    .map(|(_, why)| why.to_string())
            })
            .unwrap_or_default()
    };
    let about_it = el("div")
        .child(el("h2").id(&name).text(&title))
        .child(el("p").id(&about).text(&description))
        .child(paragraph("field-error").role("alert").live_text(refused));
    let switch = el("button")
        .attr("type", "button")
        .class("switch")
        .role("switch")
        .live_attr("aria-checked", move || Some(true_or_false(on.get()).to_owned()))
        .attr("aria-labelledby", &name)
        .attr("aria-describedby", &about)
        .on_click(move || faults.set(id.clone(), !on.get_untracked()))
        .child(phrase("rail").attr("aria-hidden", "true"))
        .child(
            phrase("state")
                .attr("aria-hidden", "true")
                .live_word(move || if on.get() { "On" } else { "Off" }),
        );
    let class = move || if on.get() { "fault on" } else { "fault" };
    el("li").live_look(class).child(about_it).child(switch)
}

fn is_on(list: &Load<Vec<FaultState>>, id: &str) -> bool {
    list.ready()
        .is_some_and(|list| list.iter().any(|fault| fault.id == id && fault.on))
}

fn no_rehearsal() -> El {
    let how = el("p")
        .text("Start one beside it with ")
        .child(el("code").text("holdpoint serve --rehearsal"));
    let how = how.text(": it brings its own stand-in platform, and faults can be switched on here.");
    div("empty")
        .child(paragraph("empty-title").text("This proxy does not run a rehearsal"))
        .child(how)
}

fn count(on: usize) -> String {
    match on {
        0 => "No fault is on: every gate should pass.".to_owned(),
        1 => "1 fault is on.".to_owned(),
        more => format!("{more} faults are on."),
    }
}
