//! Pages of text, rules and boxes; written out once all are known, so that each can say how many there are.

use kernel::{Date, Fault};
use krilla::{
    Document, SerializeSettings,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::Fill,
    text::{Font, GlyphId, KrillaGlyph},
};
use skrifa::{FontRef, MetadataProvider, instance::{LocationRef, Size}};

/// A4 in points.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;

static REGULAR: &[u8] = include_bytes!("../../../fonts/Inter-Regular.ttf");
static SEMIBOLD: &[u8] = include_bytes!("../../../fonts/Inter-SemiBold.ttf");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    /// `x` is where the text ends.
    Right,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ink(pub u8, pub u8, pub u8);

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub size: f32,
    pub weight: Weight,
    pub ink: Ink,
    pub align: Align,
}

enum Mark {
    Text { x: f32, y: f32, style: Style, text: String },
    Area { x: f32, y: f32, width: f32, height: f32, ink: Ink },
}

/// What the file says of itself.
pub(super) struct About {
    pub title: String,
    pub author: String,
    pub language: String,
    pub id: String,
    pub made_on: Date,
}

struct Face {
    font: Font,
    reference: FontRef<'static>,
}

impl Face {
    fn load(data: &'static [u8]) -> Result<Self, Fault> {
        let font = Font::new(data.to_vec().into(), 0).ok_or_else(|| Fault::new("the invoice's font cannot be read"))?;
        let reference = FontRef::new(data).map_err(|error| Fault::new(format!("the invoice's font cannot be read: {error}")))?;
        Ok(Self { font, reference })
    }

    /// Glyphs with their advances in em; a character that the font does not have shows as a question mark.
    fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let charmap = self.reference.charmap();
        let metrics = self.reference.glyph_metrics(Size::unscaled(), LocationRef::default());
        let per_em = self.font.units_per_em();
        text.char_indices()
            .map(|(at, character)| {
                let id = charmap.map(character).or_else(|| charmap.map('?')).unwrap_or_default();
                let advance = metrics.advance_width(id).unwrap_or_default() / per_em;
                KrillaGlyph {
                    glyph_id: GlyphId::new(id.to_u32()),
                    text_range: at..at + character.len_utf8(),
                    x_advance: advance,
                    x_offset: 0.0,
                    y_offset: 0.0,
                    y_advance: 0.0,
                    location: None,
                }
            })
            .collect()
    }
}

pub(super) struct Sheet {
    regular: Face,
    semibold: Face,
    pages: Vec<Vec<Mark>>,
}

impl Sheet {
    pub(super) fn new() -> Result<Self, Fault> {
        Ok(Self { regular: Face::load(REGULAR)?, semibold: Face::load(SEMIBOLD)?, pages: vec![Vec::new()] })
    }

    fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semibold,
        }
    }

    /// Points that a text is wide.
    pub(super) fn width(&self, text: &str, style: Style) -> f32 {
        self.face(style.weight).glyphs(text).iter().map(|glyph| glyph.x_advance * style.size).sum()
    }

    pub(super) fn new_page(&mut self) {
        self.pages.push(Vec::new());
    }

    pub(super) fn pages(&self) -> usize {
        self.pages.len()
    }

    /// On the newest page; `y` is the baseline.
    pub(super) fn text(&mut self, x: f32, y: f32, style: Style, text: impl Into<String>) {
        let page = self.pages.len() - 1;
        self.text_on(page, x, y, style, text);
    }

    pub(super) fn text_on(&mut self, page: usize, x: f32, y: f32, style: Style, text: impl Into<String>) {
        self.pages[page].push(Mark::Text { x, y, style, text: text.into() });
    }

    /// A filled box on the newest page.
    pub(super) fn area(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        let page = self.pages.len() - 1;
        self.pages[page].push(Mark::Area { x, y, width, height, ink });
    }

    /// Cut to a width, with an ellipsis where something is left out.
    pub(super) fn fit(&self, text: &str, width: f32, style: Style) -> String {
        if self.width(text, style) <= width {
            return text.to_owned();
        }
        let mut cut: Vec<char> = text.chars().collect();
        while !cut.is_empty() {
            cut.pop();
            let shorter = format!("{}…", cut.iter().collect::<String>().trim_end());
            if self.width(&shorter, style) <= width {
                return shorter;
            }
        }
        String::new()
    }

    pub(super) fn finish(self, about: &About) -> Result<Vec<u8>, Fault> {
        let mut document = Document::new_with(SerializeSettings::default());
        for marks in &self.pages {
            let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Fault::new("A4 is no page size"))?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            for mark in marks {
                match mark {
                    Mark::Area { x, y, width, height, ink } => {
                        let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) else { continue };
                        let mut path = PathBuilder::new();
                        path.push_rect(rect);
                        let Some(path) = path.finish() else { continue };
                        surface.set_fill(Some(fill(*ink)));
                        surface.draw_path(&path);
                    }
                    Mark::Text { x, y, style, text } => {
                        let face = self.face(style.weight);
                        let glyphs = face.glyphs(text);
                        let width: f32 = glyphs.iter().map(|glyph| glyph.x_advance * style.size).sum();
                        let start = match style.align {
                            Align::Left => *x,
                            Align::Right => *x - width,
                        };
                        surface.set_fill(Some(fill(style.ink)));
                        surface.draw_glyphs(Point::from_xy(start, *y), &glyphs, face.font.clone(), text, style.size, false);
                    }
                }
            }
            surface.finish();
            page.finish();
        }
        document.set_metadata(metadata(about));
        document.finish().map_err(|error| Fault::new(format!("the invoice's document could not be written: {error:?}")))
    }
}

fn fill(Ink(red, green, blue): Ink) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

fn metadata(about: &About) -> Metadata {
    let day = about.made_on;
    let date = DateTime::new(u16::try_from(day.year()).unwrap_or(2000)).month(day.month()).day(day.day());
    Metadata::new()
        .title(about.title.clone())
        .authors(vec![about.author.clone()])
        .creator(about.author.clone())
        .language(about.language.clone())
        .document_id(about.id.clone())
        .creation_date(date)
}
