//! The faults of the stand-in platform. The proxy's last answer is what is shown; this browser decides nothing.

use holdpoint_domain::wire::FaultState;
use leptos::prelude::*;

use crate::api::{self, ApiResult};

/// Copying it copies handles.
#[derive(Clone, Copy)]
pub struct Faults {
    list: RwSignal<Vec<FaultState>>,
}

impl Faults {
    /// A store with the proxy's first answer.
    pub fn new(list: Vec<FaultState>) -> Self {
        Self {
            list: RwSignal::new(list),
        }
    }

    /// Switches a fault. It moves once the proxy has answered.
    pub async fn switch(self, id: &str, on: bool) -> ApiResult<()> {
        let list = api::set_fault(id, on).await?;
        // The page may be gone by now.
        self.list.try_set(list);
        Ok(())
    }

    /// Switches off every fault that is on, up to the first that the proxy does not switch.
    pub async fn switch_all_off(self) -> ApiResult<()> {
        for fault in untrack(|| self.active()) {
            self.switch(&fault.id, false).await?;
        }
        Ok(())
    }

    /// Asks the proxy again: somebody else may have switched a fault.
    pub async fn refresh(self) -> ApiResult<()> {
        let list = api::faults().await?;
        // What is shown is drawn again only when it changes, so that a focus in it stays.
        if self.list.try_with_untracked(|shown| *shown != list) == Some(true) {
            self.list.try_set(list);
        }
        Ok(())
    }

    /// Tracked.
    pub fn is_on(self, id: &str) -> bool {
        self.list
            .with(|list| list.iter().any(|fault| fault.id == id && fault.on))
    }

    /// Those that are on; tracked.
    pub fn active(self) -> Vec<FaultState> {
        self.list
            .with(|list| list.iter().filter(|fault| fault.on).cloned().collect())
    }
}
