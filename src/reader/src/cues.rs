//! What is weighed before a candidate becomes steps: the candidates, the cues for and against each as data, and the one decision.
//!
//! Structure makes a candidate, and its form has a base weight. Each cue that applies adds its own. At [`NEEDED`] the candidate is a
//! procedure's steps; below, it is read and remarked on. Boxes weigh so much that no words outweigh them.

/// The weight from which a candidate is steps.
pub(super) const NEEDED: i32 = 4;

/// What a document's structure offers as steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A list with task items or boxes, at whatever depth.
    Boxes,
    /// Lines of running text with boxes.
    BoxLines,
    /// A fence whose lines have boxes.
    BoxFence,
    /// A table with a column of boxes or of a status to fill in.
    BoxTable,
    /// A table with a column for checks and one for what must be seen, what to do on failure, or what is filled in.
    CheckTable,
    /// `Step 3`, `Phase 2`.
    StepHeadings,
    /// `3.`, `3.1`.
    NumberedHeadings,
    NumberedList,
    BulletList,
    /// Paragraphs with a step's number.
    StepLines,
    /// A fence whose comments number its commands.
    NumberedFence,
    /// A fence whose lines are numbered instructions.
    NumberedLines,
    /// Sections beside each other that each have a command.
    CommandSections,
    /// Sentences in one section that are each followed by a command.
    CommandSentences,
    /// A section with a command.
    CommandSection,
}

impl Form {
    /// Its name for people, its base weight, and the comment that makes it steps.
    const fn data(self) -> (&'static str, i32, &'static str) {
        const PROCEDURE: &str = "<!-- holdpoint: procedure -->";
        const LIST: &str = "<!-- holdpoint: procedure steps=list -->";
        match self {
            Self::Boxes => ("list with boxes", 10, PROCEDURE),
            Self::BoxLines => ("lines with boxes", 10, PROCEDURE),
            Self::BoxFence => ("fence with boxes", 10, PROCEDURE),
            Self::BoxTable => ("table with boxes", 10, "<!-- holdpoint: procedure steps=table -->"),
            Self::CheckTable => ("table of checks", 5, "<!-- holdpoint: procedure steps=table -->"),
            Self::StepHeadings => (
                "run of headings with a step's number",
                8,
                "<!-- holdpoint: procedure steps=headings -->",
            ),
            Self::StepLines => ("run of lines with a step's number", 8, PROCEDURE),
            Self::NumberedHeadings => (
                "run of numbered headings",
                0,
                "<!-- holdpoint: procedure steps=headings -->",
            ),
            Self::NumberedList => ("numbered list", 1, LIST),
            Self::BulletList => ("list of bullets", -1, LIST),
            Self::NumberedFence => (
                "fence with numbered comments",
                2,
                "<!-- holdpoint: procedure steps=fence -->",
            ),
            Self::NumberedLines => (
                "fence with numbered lines",
                1,
                "<!-- holdpoint: procedure steps=fence -->",
            ),
            Self::CommandSections => (
                "run of sections with a command",
                1,
                "<!-- holdpoint: procedure steps=headings -->",
            ),
            Self::CommandSentences => ("run of sentences with a command", -1, PROCEDURE),
            Self::CommandSection => ("section with a command", -1, PROCEDURE),
        }
    }

    pub fn name(self) -> &'static str {
        self.data().0
    }

    fn base(self) -> i32 {
        self.data().1
    }

    /// The comment that makes steps of it.
    pub fn comment(self) -> &'static str {
        self.data().2
    }
}

/// Something that speaks for or against a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    Author,
    OwnHeading,
    HeadingAbove,
    DocumentTitle,
    HeadingVerb,
    EntryVerbs,
    Commands,
    Siblings,
    Lookup,
    LookupAbove,
    HeadingTells,
    MachineDoes,
    Links,
    Facts,
    Statements,
    NoVerbs,
    Beside,
    Chapters,
    OwnLists,
    Plural,
    Watched,
    Systems,
}

/// What a cue looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LooksAt {
    Comment,
    Heading,
    Document,
    Entries,
    LineBefore,
    Sections,
}

/// A cue's weight, for (above zero) or against, what it looks at, and what it says.
pub(super) struct CueData {
    pub cue: Cue,
    pub weight: i32,
    pub looks_at: LooksAt,
    pub says: &'static str,
}

const fn cue(cue: Cue, weight: i32, looks_at: LooksAt, says: &'static str) -> CueData {
    CueData {
        cue,
        weight,
        looks_at,
        says,
    }
}

/// All cues, in the order of [`Cue`].
pub(super) const CUES: [CueData; 22] = [
    cue(
        Cue::Author,
        20,
        LooksAt::Comment,
        "a comment says that it is a procedure",
    ),
    cue(
        Cue::OwnHeading,
        4,
        LooksAt::Heading,
        "its heading speaks of something to do",
    ),
    cue(
        Cue::HeadingAbove,
        3,
        LooksAt::Heading,
        "a heading above it speaks of something to do",
    ),
    cue(
        Cue::DocumentTitle,
        3,
        LooksAt::Document,
        "the document's title speaks of something to do",
    ),
    cue(Cue::HeadingVerb, 3, LooksAt::Heading, "its heading begins with a verb"),
    cue(Cue::EntryVerbs, 3, LooksAt::Entries, "most entries begin with a verb"),
    cue(Cue::Commands, 2, LooksAt::Entries, "it has commands"),
    cue(
        Cue::Siblings,
        1,
        LooksAt::Sections,
        "a section beside it is a procedure",
    ),
    cue(
        Cue::Lookup,
        -5,
        LooksAt::Heading,
        "its heading is one of things to look up",
    ),
    cue(
        Cue::LookupAbove,
        -4,
        LooksAt::Heading,
        "a heading above it is one of things to look up",
    ),
    cue(
        Cue::HeadingTells,
        -4,
        LooksAt::Heading,
        "its heading tells how something is",
    ),
    cue(
        Cue::MachineDoes,
        -12,
        LooksAt::LineBefore,
        "the line before it says what something does by itself",
    ),
    cue(Cue::Links, -12, LooksAt::Entries, "its entries are links"),
    cue(Cue::Facts, -4, LooksAt::Entries, "its entries are names with a text"),
    cue(
        Cue::Statements,
        -4,
        LooksAt::Entries,
        "most entries say what is, and not what to do",
    ),
    cue(Cue::NoVerbs, -6, LooksAt::Entries, "few entries begin with a verb"),
    cue(
        Cue::Beside,
        -5,
        LooksAt::Sections,
        "steps with boxes or numbers stand beside it",
    ),
    cue(
        Cue::Chapters,
        -6,
        LooksAt::Sections,
        "the sections are chapters with sections of their own",
    ),
    cue(
        Cue::OwnLists,
        -6,
        LooksAt::Sections,
        "the sections have checks of their own",
    ),
    cue(
        Cue::Plural,
        -6,
        LooksAt::Heading,
        "its heading is in the plural: the procedures stand below it",
    ),
    cue(Cue::Watched, -6, LooksAt::Heading, "its sections are windows of time"),
    cue(
        Cue::Systems,
        -8,
        LooksAt::Sections,
        "the headings are systems to choose from",
    ),
];

/// The cues that apply to a candidate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cues(u32);

impl Cues {
    pub fn with(self, cue: Cue, applies: bool) -> Self {
        Self(self.0 | u32::from(applies) << cue as u32)
    }

    pub fn without(self, cue: Cue) -> Self {
        Self(self.0 & !(1 << cue as u32))
    }

    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn has(self, cue: Cue) -> bool {
        self.0 & (1 << cue as u32) != 0
    }

    fn all(self) -> impl Iterator<Item = &'static CueData> {
        CUES.iter().filter(move |data| self.has(data.cue))
    }
}

/// A candidate that was weighed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed {
    pub form: Form,
    /// Offset in bytes.
    pub at: usize,
    pub cues: Cues,
}

impl Weighed {
    /// The decision.
    pub fn is_steps(&self) -> bool {
        self.weight() >= NEEDED
    }

    pub fn weight(&self) -> i32 {
        self.form.base() + self.cues.all().map(|data| data.weight).sum::<i32>()
    }

    /// What spoke for (`true`) or against it.
    pub fn said(&self, for_it: bool) -> Vec<&'static str> {
        let said = self.cues.all().filter(|data| (data.weight > 0) == for_it);
        said.map(|data| data.says).collect()
    }

    /// Each cue with its weight and what it looks at, for `holdpoint outline`.
    pub fn reasons(&self) -> Vec<String> {
        let place = |looks_at| match looks_at {
            LooksAt::Comment => "comment",
            LooksAt::Heading => "heading",
            LooksAt::Document => "document",
            LooksAt::Entries => "entries",
            LooksAt::LineBefore => "line before",
            LooksAt::Sections => "sections",
        };
        self.cues
            .all()
            .map(|data| format!("{:+} {}: {}", data.weight, place(data.looks_at), data.says))
            .collect()
    }

    /// Its entries are links, as in a table of contents.
    pub fn has_links(&self) -> bool {
        self.cues.has(Cue::Links)
    }

    pub fn base(&self) -> i32 {
        self.form.base()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_cues() {
        for (at, data) in CUES.iter().enumerate() {
            assert_eq!(data.cue as usize, at, "{}", data.says);
            assert_ne!(data.weight, 0);
        }
    }

    #[test]
    fn a_box_is_a_step_whatever_its_heading_says() {
        let cues = Cues::default().with(Cue::Lookup, true).with(Cue::LookupAbove, false);
        let boxes = Weighed {
            form: Form::Boxes,
            at: 0,
            cues,
        };
        assert!(boxes.is_steps());
        let list = Weighed {
            form: Form::NumberedList,
            ..boxes
        };
        assert!(!list.is_steps());
    }
}
