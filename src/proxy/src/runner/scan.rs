//! Finding secrets in what comes byte by byte: an automaton for each encoding, which takes each byte once. What it costs does
//! not grow with the length of the secrets.

use std::collections::VecDeque;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::noncontiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use super::decode::{Decoder, Meant};
use super::secret_encodings::{ENCODINGS, Form, MARKS};

/// Texts that are looked for together.
#[derive(Debug)]
pub(super) struct Patterns {
    nfa: NFA,
    start: StateID,
    states: Vec<Found>,
}

/// What a state of the automaton says of the last bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    /// So many of them are a text, or the beginning of one.
    depth: usize,
    /// So many of them are the beginning of a text that goes on.
    open: usize,
    /// The length of the longest text that ends here.
    ended: usize,
}

impl Patterns {
    pub(super) fn new(texts: &[Vec<u8>]) -> Self {
        let nfa = NFA::builder()
            .match_kind(MatchKind::Standard)
            .build(texts)
            .expect("the secrets are within every limit of the automaton");
        let start = nfa.start_state(Anchored::No).expect("it was built for any place");
        let states = vec![Found::default(); start.as_usize() + 1];
        let mut patterns = Self { nfa, start, states };
        for text in texts {
            patterns.note(text);
        }
        for text in texts {
            patterns.close(text);
        }
        patterns
    }

    fn after(&self, bytes: &[u8]) -> StateID {
        let next = |state, byte: &u8| self.nfa.next_state(Anchored::No, state, *byte);
        bytes.iter().fold(self.start, next)
    }

    fn found(&self, state: StateID) -> Found {
        self.states.get(state.as_usize()).copied().unwrap_or_default()
    }

    /// Notes what the states on the way through a text say.
    fn note(&mut self, text: &[u8]) {
        let mut state = self.start;
        for (at, byte) in text.iter().enumerate() {
            let depth = at + 1;
            state = self.nfa.next_state(Anchored::No, state, *byte);
            if self.states.len() <= state.as_usize() {
                self.states.resize(state.as_usize() + 1, Found::default());
            }
            let nfa = &self.nfa;
            let count = if nfa.is_match(state) { nfa.match_len(state) } else { 0 };
            let ended = (0..count).map(|index| nfa.pattern_len(nfa.match_pattern(state, index)));
            let found = &mut self.states[state.as_usize()];
            found.depth = depth;
            found.ended = ended.max().unwrap_or(0);
            if depth < text.len() {
                found.open = depth;
            }
        }
    }

    /// At the end of a text that no other goes on from, only a part of it may be the beginning of one.
    fn close(&mut self, text: &[u8]) {
        let end = self.after(text);
        if self.found(end).open > 0 {
            return;
        }
        let mut rest = text;
        while let Some((_, shorter)) = rest.split_first() {
            let found = self.found(self.after(shorter));
            if found.open > 0 {
                self.states[end.as_usize()].open = found.open;
                return;
            }
            rest = &shorter[shorter.len() - found.depth..];
        }
    }
}

/// Ranges that secrets cover, in order and apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks(VecDeque<(u64, u64)>);

impl Marks {
    /// Adds a range. Those that overlap become one; those that only touch stay two.
    fn add(&mut self, mut start: u64, mut end: u64) {
        let mut after = Vec::new();
        while let Some((from, to)) = self.0.pop_back() {
            if to <= start {
                self.0.push_back((from, to));
                break;
            }
            if from >= end {
                after.push((from, to));
            } else {
                (start, end) = (start.min(from), end.max(to));
            }
        }
        self.0.push_back((start, end));
        self.0.extend(after.into_iter().rev());
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.0.iter().copied()
    }

    /// Forgets what ends before this place.
    pub(super) fn forget(&mut self, upto: u64) {
        while self.0.front().is_some_and(|(_, end)| *end <= upto) {
            self.0.pop_front();
        }
    }
}

/// What was said, with one encoding undone.
#[derive(Clone, Debug)]
struct View {
    decoders: Vec<Decoder>,
    state: StateID,
    /// Where each of the last bytes begins that are a secret, or the beginning of one.
    starts: VecDeque<u64>,
    /// So many of them are the beginning of a secret that goes on.
    open: usize,
}

impl View {
    fn take(&mut self, one: Meant, patterns: &Patterns, marks: &mut Marks) {
        let Self {
            decoders,
            state,
            starts,
            open,
        } = self;
        undo(decoders, one, &mut |meant| {
            *state = patterns.nfa.next_state(Anchored::No, *state, meant.byte);
            let found = patterns.found(*state);
            *open = found.open;
            starts.push_back(meant.start);
            while starts.len() > found.depth {
                starts.pop_front();
            }
            if found.ended > 0 {
                marks.add(starts[starts.len() - found.ended], meant.end);
            }
        });
    }

    fn pending(&self) -> Option<u64> {
        let held = self.decoders.iter().filter_map(Decoder::pending);
        let open = self.starts.get(self.starts.len() - self.open).copied();
        held.chain(open).min()
    }

    /// Whether it goes on as the other one does, whose last decoders it has.
    fn is_like(&self, other: &Self) -> bool {
        let own = self.decoders.len() - other.decoders.len();
        let ends = |view: &Self| {
            (
                view.starts.len(),
                view.starts.front().copied(),
                view.starts.back().copied(),
            )
        };
        self.state == other.state
            && ends(self) == ends(other)
            && self.decoders[..own].iter().all(|decoder| decoder.pending().is_none())
            && self.decoders[own..] == other.decoders
    }
}

fn undo(decoders: &mut [Decoder], one: Meant, emit: &mut dyn FnMut(Meant)) {
    match decoders.split_first_mut() {
        Some((first, rest)) => first.take(one, &mut |meant| undo(rest, meant, emit)),
        None => emit(one),
    }
}

/// Follows one stream through every encoding.
#[derive(Clone, Debug)]
pub(super) struct Scanner {
    /// By encoding. One that says the same as the encoding that it is like is not followed.
    views: Vec<Option<View>>,
    /// One that has marks is followed.
    some_marked: bool,
}

impl Scanner {
    pub(super) fn new(patterns: &[Patterns; 3]) -> Self {
        let view = |encoding: &super::secret_encodings::Encoding| {
            encoding.marks.is_empty().then(|| View {
                decoders: encoding.steps.iter().map(|step| Decoder::new(*step)).collect(),
                state: patterns[encoding.form as usize].start,
                starts: VecDeque::new(),
                open: 0,
            })
        };
        Self {
            views: ENCODINGS.iter().map(view).collect(),
            some_marked: false,
        }
    }

    pub(super) fn take(&mut self, one: Meant, patterns: &[Patterns; 3], marks: &mut Marks) {
        // An encoding whose mark comes is followed from here on: until now it said what the other one says.
        let marked = ENCODINGS.iter().enumerate().filter(|_| MARKS[usize::from(one.byte)]);
        for (at, encoding) in marked {
            self.some_marked = true;
            if self.views[at].is_none() && encoding.marks.contains(&one.byte) {
                let like = self.views[encoding.like].clone();
                self.views[at] = like.map(|like| {
                    let own = encoding.steps.len() - like.decoders.len();
                    let own = encoding.steps[..own].iter().map(|step| Decoder::new(*step));
                    let decoders = own.chain(like.decoders).collect();
                    View { decoders, ..like }
                });
            }
        }
        for (view, encoding) in self.views.iter_mut().zip(&ENCODINGS) {
            if let Some(view) = view {
                view.take(one, &patterns[encoding.form as usize], marks);
            }
        }
        if !std::mem::take(&mut self.some_marked) {
            return;
        }
        for (at, encoding) in ENCODINGS
            .iter()
            .enumerate()
            .filter(|(_, encoding)| !encoding.marks.is_empty())
        {
            let like = self.views[encoding.like].as_ref();
            let same = self.views[at]
                .as_ref()
                .zip(like)
                .is_some_and(|(view, like)| view.is_like(like));
            if same {
                self.views[at] = None;
            }
            self.some_marked |= self.views[at].is_some();
        }
    }

    /// Where what may still become a secret begins.
    pub(super) fn pending(&self) -> Option<u64> {
        self.views.iter().flatten().filter_map(View::pending).min()
    }
}

/// The patterns of each form, in the order of [`Form`].
pub(super) const FORMS: [Form; 3] = [Form::Itself, Form::Base64, Form::Hex];
