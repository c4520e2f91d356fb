//! What follows signals in an element, and what it does when somebody uses it.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget};

use super::{El, append, report, set_attribute};

/// What an element shows, worked out again whenever a signal changes that it reads. A closure's own trait would bring code
/// of its own for calling it once, for each closure.
trait Tells<T> {
    fn tell(&self) -> T;
}

impl<T, F: Fn() -> T> Tells<T> for F {
    fn tell(&self) -> T {
        self()
    }
}

/// What is done to an element whenever a signal changes.
trait Changes {
    fn change(&self, element: &Element);
}

impl<F: Fn(&Element)> Changes for F {
    fn change(&self, element: &Element) {
        self(element);
    }
}

/// What is done when an event comes.
trait Acts {
    fn act(&mut self, event: Event);
}

impl<F: FnMut(Event)> Acts for F {
    fn act(&mut self, event: Event) {
        self(event);
    }
}

impl El {
    /// Does something now, and again whenever a signal changes that it reads.
    #[inline(never)]
    fn follow(mut self, work: Box<dyn Tells<()>>) -> Self {
        self.keep(Box::new(RenderEffect::new(move |_: Option<()>| work.tell())));
        self
    }

    /// Does something to the element now, and again whenever a signal changes that it reads.
    #[must_use]
    pub fn live(self, work: impl Fn(&Element) + 'static) -> Self {
        self.changed_by(Box::new(work))
    }

    #[inline(never)]
    fn changed_by(self, work: Box<dyn Changes>) -> Self {
        let node = self.node().clone();
        self.follow(Box::new(move || work.change(&node)))
    }

    /// With a text that follows signals.
    #[must_use]
    pub fn live_text(self, text: impl Fn() -> String + 'static) -> Self {
        self.text_that_follows(Box::new(text))
    }

    /// With one of several fixed texts, as signals say.
    #[must_use]
    pub fn live_word(self, word: impl Fn() -> &'static str + 'static) -> Self {
        self.word_that_follows(Box::new(word))
    }

    #[inline(never)]
    fn word_that_follows(self, word: Box<dyn Tells<&'static str>>) -> Self {
        self.live_text(move || word.tell().to_owned())
    }

    #[inline(never)]
    fn text_that_follows(self, text: Box<dyn Tells<String>>) -> Self {
        let node = document().create_text_node("");
        append(self.node(), &node);
        self.follow(Box::new(move || {
            let text = text.tell();
            if node.data() != text {
                node.set_data(&text);
            }
        }))
    }

    /// With an attribute that follows signals; without it where there is no value.
    #[must_use]
    pub fn live_attr(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        self.attribute_that_follows(name, Box::new(value))
    }

    /// With an attribute that has one value or is not there, as signals say.
    #[must_use]
    pub fn live_mark(self, name: &'static str, value: &'static str, set: impl Fn() -> bool + 'static) -> Self {
        self.mark_that_follows(name, value, Box::new(set))
    }

    /// Not there for anybody while signals say so.
    #[must_use]
    pub fn live_hidden(self, hidden: impl Fn() -> bool + 'static) -> Self {
        self.hidden_when(Box::new(hidden))
    }

    #[inline(never)]
    fn hidden_when(self, hidden: Box<dyn Tells<bool>>) -> Self {
        self.mark_that_follows("hidden", "", hidden)
    }

    #[inline(never)]
    fn mark_that_follows(self, name: &'static str, value: &'static str, set: Box<dyn Tells<bool>>) -> Self {
        self.live_attr(name, move || set.tell().then(|| value.to_owned()))
    }

    /// With classes that follow signals.
    #[must_use]
    pub fn live_class(self, classes: impl Fn() -> String + 'static) -> Self {
        self.class_that_follows(Box::new(classes))
    }

    #[inline(never)]
    fn class_that_follows(self, classes: Box<dyn Tells<String>>) -> Self {
        self.live_attr("class", move || Some(classes.tell()))
    }

    /// With one of several fixed classes, as signals say.
    #[must_use]
    pub fn live_look(self, classes: impl Fn() -> &'static str + 'static) -> Self {
        self.look_that_follows(Box::new(classes))
    }

    #[inline(never)]
    fn look_that_follows(self, classes: Box<dyn Tells<&'static str>>) -> Self {
        self.live_class(move || classes.tell().to_owned())
    }

    #[inline(never)]
    fn attribute_that_follows(self, name: &'static str, value: Box<dyn Tells<Option<String>>>) -> Self {
        self.live(move |node| match value.tell() {
            Some(value) if node.get_attribute(name).as_ref() != Some(&value) => set_attribute(node, name, &value),
            Some(_) => {}
            None if node.has_attribute(name) => {
                node.remove_attribute(name)
                    .expect("an attribute that is there can be taken away");
            }
            None => {}
        })
    }

    /// With a property, such as `checked`, that follows signals.
    #[must_use]
    pub fn live_flag(self, property: &'static str, value: impl Fn() -> bool + 'static) -> Self {
        self.flag_that_follows(property, Box::new(value))
    }

    #[inline(never)]
    fn flag_that_follows(self, property: &'static str, value: Box<dyn Tells<bool>>) -> Self {
        self.live(move |node| set_property(node, property, &value.tell().into()))
    }

    /// With the value of an input that follows a signal. What is typed stays as long as the signal says the same.
    #[must_use]
    pub fn live_value(self, value: impl Fn() -> String + 'static) -> Self {
        self.value_that_follows(Box::new(value))
    }

    #[inline(never)]
    fn value_that_follows(self, value: Box<dyn Tells<String>>) -> Self {
        self.live(move |node| {
            let value = value.tell();
            if property(node, "value").as_string().as_ref() != Some(&value) {
                set_property(node, "value", &value.into());
            }
        })
    }

    /// With nothing in it but elements that follow signals: all are made anew when one changes.
    #[must_use]
    pub fn live_children(self, children: impl Fn() -> Vec<El> + 'static) -> Self {
        self.children_that_follow(Box::new(children))
    }

    #[inline(never)]
    fn children_that_follow(self, children: Box<dyn Tells<Vec<El>>>) -> Self {
        let shown: RefCell<Vec<El>> = RefCell::new(Vec::new());
        self.live(move |parent| {
            let new = children.tell();
            parent.set_text_content(None);
            new.iter().for_each(|child| append(parent, child.node()));
            // What followed signals for the elements before ends here.
            shown.replace(new);
        })
    }

    /// With nothing in it but a list whose lines stay as they are as long as their keys do.
    #[must_use]
    pub fn live_list(self, keys: impl Fn() -> Vec<String> + 'static, make: impl Fn(&str) -> El + 'static) -> Self {
        self.list_that_follows(Box::new(keys), Box::new(make))
    }

    #[inline(never)]
    fn list_that_follows(self, keys: Box<dyn Tells<Vec<String>>>, make: Box<dyn Fn(&str) -> El>) -> Self {
        let shown: RefCell<Vec<(String, El)>> = RefCell::new(Vec::new());
        // A line outlives the run that made it, and so must the signals that it made: each line owns its own.
        let list_owner = Owner::current().unwrap_or_default();
        self.live(move |parent| {
            let mut old = shown.take();
            let mut new = Vec::new();
            // What comes first stays first as a rule, so the line that is looked for is found at once.
            for key in keys.tell() {
                let line = match old.iter().position(|(of, _)| *of == key) {
                    Some(at) => old.remove(at).1,
                    None => {
                        let owner = list_owner.child();
                        let mut line = owner.with(|| untrack(|| make(&key)));
                        line.keep(Box::new(owner));
                        line
                    }
                };
                new.push((key, line));
            }
            old.iter().for_each(|(_, gone)| gone.node().remove());
            // From the end, so that each line knows the one that it has to stand before.
            let mut next: Option<web_sys::Node> = None;
            for (_, line) in new.iter().rev() {
                let line = line.node();
                if line.parent_node().is_none() || line.next_sibling() != next {
                    let placed = parent.insert_before(line, next.as_ref());
                    placed.expect("a line of ours can stand in its list");
                }
                next = Some(line.clone().into());
            }
            shown.replace(new);
        })
    }

    /// Does something when an event comes to it.
    #[must_use]
    pub fn on(self, event: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        self.listen(event, Box::new(act))
    }

    /// Does something when it is clicked.
    #[must_use]
    pub fn on_click(self, act: impl Fn() + 'static) -> Self {
        self.clicked(Box::new(act))
    }

    #[inline(never)]
    fn clicked(self, act: Box<dyn Tells<()>>) -> Self {
        self.on("click", move |_| act.tell())
    }

    #[inline(never)]
    fn listen(mut self, event: &'static str, act: Box<dyn Acts>) -> Self {
        let listener = Listener::new(self.node().clone().into(), event, act);
        self.keep(Box::new(listener));
        self
    }

    /// Does something when an event comes to the window, as long as the element stands.
    #[must_use]
    pub fn on_window(mut self, event: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        self.keep(Box::new(listen_to_window(event, act)));
        self
    }
}

/// Does something when an event comes to the window, until the listener is dropped.
#[must_use]
pub fn listen_to_window(event: &'static str, act: impl FnMut(Event) + 'static) -> Listener {
    Listener::new(window().into(), event, Box::new(act))
}

/// What an input, a text area or a choice says at an event.
#[must_use]
#[inline(never)]
pub fn value_of(event: &Event) -> String {
    event
        .target()
        .and_then(|target| property(&target, "value").as_string())
        .unwrap_or_default()
}

/// Whether a box is checked at an event.
#[must_use]
pub fn is_checked(event: &Event) -> bool {
    event
        .target()
        .is_some_and(|target| property(&target, "checked").is_truthy())
}

/// The word for yes or no in an attribute.
#[must_use]
pub fn true_or_false(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

fn property(node: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(node, &name.into()).unwrap_or_default()
}

#[inline(never)]
fn set_property(node: &JsValue, name: &str, value: &JsValue) {
    if let Err(error) = js_sys::Reflect::set(node, &name.into(), value) {
        report("a property could not be set", &error);
    }
}

/// A listener that leaves its element before it goes. Browsers still send events (`blur`, `close`) to elements that are
/// being taken away, and one that reached a dropped closure would be an error.
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    #[inline(never)]
    fn new(target: EventTarget, event: &'static str, mut act: Box<dyn Acts>) -> Self {
        let closure: Closure<dyn FnMut(Event)> = Closure::new(move |event: Event| act.act(event));
        let added = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        added.expect("an element takes listeners");
        Self { target, event, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let removed = self
            .target
            .remove_event_listener_with_callback(self.event, self.closure.as_ref().unchecked_ref());
        removed.expect("an element lets its listeners go");
    }
}
