//! Finding secrets in what comes byte by byte: an automaton for each encoding, which takes each byte once. What it costs does
//! not grow with the length of the secrets.

use std::collections::VecDeque;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::noncontiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use super::decode::{Decoder, Meant};
use super::secret_encodings::{ENCODINGS, Form};

/// Texts that are looked for together.
#[derive(Debug)]
pub(super) struct Patterns {
    nfa: NFA,
    start: StateID,
    /// By state: how many of the last bytes begin one of the texts, and the length of the longest text that ends here.
    states: Vec<(usize, usize)>,
}

impl Patterns {
    pub(super) fn new(texts: &[Vec<u8>]) -> Self {
        let nfa = NFA::builder()
            .match_kind(MatchKind::Standard)
            .build(texts)
            .expect("the secrets are within every limit of the automaton");
        let start = nfa.start_state(Anchored::No).expect("it was built for any place");
        let mut states = vec![(0, 0); start.as_usize() + 1];
        for text in texts {
            let mut state = start;
            for (at, byte) in text.iter().enumerate() {
                state = nfa.next_state(Anchored::No, state, *byte);
                if states.len() <= state.as_usize() {
                    states.resize(state.as_usize() + 1, (0, 0));
                }
                let ending = (0..nfa.match_len(state)).map(|index| nfa.pattern_len(nfa.match_pattern(state, index)));
                let ending = if nfa.is_match(state) {
                    ending.max().unwrap_or(0)
                } else {
                    0
                };
                states[state.as_usize()] = (at + 1, ending);
            }
        }
        Self { nfa, start, states }
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

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What was said, with one encoding undone.
#[derive(Clone, Debug)]
struct View {
    decoders: Vec<Decoder>,
    state: StateID,
    /// Where each of the last bytes begins that begin a secret.
    starts: VecDeque<u64>,
}

impl View {
    fn take(&mut self, one: Meant, patterns: &Patterns, marks: &mut Marks) {
        let Self {
            decoders,
            state,
            starts,
        } = self;
        undo(decoders, one, &mut |meant| {
            *state = patterns.nfa.next_state(Anchored::No, *state, meant.byte);
            let (depth, longest) = patterns.states.get(state.as_usize()).copied().unwrap_or((0, 0));
            starts.push_back(meant.start);
            while starts.len() > depth {
                starts.pop_front();
            }
            if longest > 0 {
                marks.add(starts[starts.len() - longest], meant.end);
            }
        });
    }

    fn pending(&self) -> Option<u64> {
        let held = self.decoders.iter().filter_map(Decoder::pending);
        held.chain(self.starts.front().copied()).min()
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
            })
        };
        Self {
            views: ENCODINGS.iter().map(view).collect(),
            some_marked: false,
        }
    }

    pub(super) fn take(&mut self, one: Meant, patterns: &[Patterns; 3], marks: &mut Marks) {
        // An encoding whose mark comes is followed from here on: until now it said what the other one says.
        let marked = ENCODINGS
            .iter()
            .enumerate()
            .filter(|_| matches!(one.byte, b'\\' | b'%' | b'&'));
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
