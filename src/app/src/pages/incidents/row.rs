//! One incident.

use holdpoint_domain::session::SeverityLevel;
use holdpoint_domain::wire::{Incident, IncidentStatus};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::time::Time;
use crate::components::words::{EnvBadge, StatusWord, Word};
use crate::format::{TimeFormat, count};

fn kind_of(severity: Option<SeverityLevel>) -> Word {
    match severity {
        Some(SeverityLevel::Sev1) => Word::NoGo,
        Some(SeverityLevel::Sev2) => Word::Hold,
        Some(SeverityLevel::Sev3) => Word::Alert,
        Some(SeverityLevel::NoIncident) | None => Word::Wait,
    }
}

fn actions(incident: &Incident) -> String {
    if !incident.actions_known {
        return "Action items not known".to_owned();
    }
    match (incident.actions, incident.open_actions, incident.overdue_actions) {
        (0, ..) => "No action item".to_owned(),
        (all, 0, _) => format!("{}, none open", count(all as usize, "action item")),
        (all, open, 0) => format!("{}, {open} open", count(all as usize, "action item")),
        (all, open, overdue) => format!("{}, {open} open, {overdue} overdue", count(all as usize, "action item")),
    }
}

#[component]
pub fn IncidentRow(incident: Incident) -> impl IntoView {
    let kind = kind_of(incident.severity);
    let (word, whose) = match incident.severity_in_words() {
        ("not known", whose) => ("Severity not known", whose),
        known => known,
    };
    let status = incident.status_in_words();
    let actions = actions(&incident);
    let id = incident.session;
    let unreadable = incident.unreadable.then(|| {
        view! { <p class="small problem">"Its log cannot be read, so that neither its severity nor its action items are known."</p> }
    });
    let is_open = matches!(incident.status, IncidentStatus::Open | IncidentStatus::RollingBack);
    view! {
        <li class="incident">
            <div class="incident-severity"><StatusWord kind text=word /><span class="small quiet">{whose}</span></div>
            <div class="incident-main">
                <A href=format!("/sessions/{id}/post-mortem") attr:class="session-title">{incident.title}</A>
                <EnvBadge name=incident.environment production=incident.production rehearsal=incident.rehearsal />
                <p class="small quiet">
                    {incident.report}" · "<Time at=incident.started format=TimeFormat::Day />{format!(" · owner {}", incident.owner)}
                </p>
                {unreadable}
            </div>
            <div class="incident-status small">
                <span class:open=is_open>{status}</span>
                <span class:overdue={incident.overdue_actions > 0}>{actions}</span>
                <A href=format!("/sessions/{id}")>"Session"</A>
            </div>
        </li>
    }
}
