//! How many incidents there were in each month, by severity.

use holdpoint_domain::wire::IncidentMonth;
use leptos::html;
use leptos::prelude::*;

use crate::components::scroll::tab_stop;

#[component]
pub fn Months(months: Vec<IncidentMonth>, incomplete: bool) -> impl IntoView {
    if months.is_empty() {
        return ().into_any();
    }
    let rows = months.into_iter().map(|month| {
        let counts = [month.sev1, month.sev2, month.sev3, month.none, month.unknown];
        let cells = counts.map(|count| view! { <td>{count}</td> });
        view! { <tr><th scope="row">{month.month}</th>{cells}</tr> }
    });
    let heads =
        ["SEV-1", "SEV-2", "SEV-3", "No incident", "Not known"].map(|head| view! { <th scope="col">{head}</th> });
    let element = NodeRef::<html::Div>::new();
    let stop = tab_stop(element);
    view! {
        <section aria-labelledby="months-title">
            <h2 id="months-title">"By month (UTC)"</h2>
            {incomplete.then(|| view! { <p class="small quiet">"The oldest month may be incomplete: older sessions were not looked through."</p> })}
            <div class="scroll" role="group" tabindex=stop node_ref=element aria-label="By month">
                <table>
                    <thead><tr><th scope="col">"Month"</th>{heads}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
