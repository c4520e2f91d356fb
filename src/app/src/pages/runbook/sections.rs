//! A document in sections, and which of them say something.

use holdpoint_domain::runbook::{Block, inline_text};

/// A heading with what stands under it.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub blocks: Vec<Block>,
    /// All of its text in lower case.
    text: String,
}

/// Cuts a document at its headings. Nothing of it is lost.
pub fn sections(blocks: Vec<Block>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for block in blocks {
        let begins = matches!(block, Block::Heading { .. });
        match sections.last_mut().filter(|_| !begins) {
            Some(section) => section.add(block),
            None => {
                let mut section = Section {
                    blocks: Vec::new(),
                    text: String::new(),
                };
                section.add(block);
                sections.push(section);
            }
        }
    }
    sections
}

impl Section {
    fn add(&mut self, block: Block) {
        text_of(&block, &mut self.text);
        self.blocks.push(block);
    }
}

/// The places of the sections that contain every word; all of them when there are no words.
pub fn matching(sections: &[Section], wanted: &str) -> Vec<usize> {
    let words: Vec<String> = wanted.split_whitespace().map(str::to_lowercase).collect();
    let says_all = |section: &Section| words.iter().all(|word| section.text.contains(word.as_str()));
    sections
        .iter()
        .enumerate()
        .filter(|(_, section)| says_all(section))
        .map(|(index, _)| index)
        .collect()
}

fn text_of(block: &Block, into: &mut String) {
    let mut line = |text: &str| {
        into.push_str(&text.to_lowercase());
        into.push('\n');
    };
    match block {
        Block::Heading { content, .. } | Block::Paragraph { content } => line(&inline_text(content)),
        Block::Code { text, .. } => line(text),
        Block::Table { head, rows } => {
            head.iter().for_each(|cell| line(&inline_text(cell)));
            rows.iter().flatten().for_each(|cell| line(&inline_text(cell)));
        }
        Block::Quote { blocks } => blocks.iter().for_each(|block| text_of(block, into)),
        Block::List { items, .. } => items
            .iter()
            .flat_map(|item| &item.blocks)
            .for_each(|block| text_of(block, into)),
        Block::Html { text, comment: false } => line(text),
        Block::Html { comment: true, .. } | Block::Rule => {}
    }
}

#[cfg(test)]
mod tests {
    use holdpoint_reader::read;

    use super::*;

    #[test]
    fn finds_the_sections_that_contain_every_word() {
        let book = read(
            "a",
            "# Title\n\nintro\n\n## One\n\n- apples\n\n## Two\n\n| a |\n|---|\n| Pears and apples |\n",
        );
        let sections = sections(book.blocks);
        for (wanted, found) in [
            ("", vec![0, 1, 2]),
            ("apples", vec![1, 2]),
            ("PEARS apples", vec![2]),
            ("plums", vec![]),
        ] {
            assert_eq!(matching(&sections, wanted), found, "{wanted}");
        }
    }
}
