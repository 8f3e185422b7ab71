//! The colours, light and dark, and the style sheet made of them.

use std::fmt::Write;

/// A colour by what it is for, with its value on a light and on a dark screen.
struct Colour {
    name: &'static str,
    light: &'static str,
    dark: &'static str,
}

/// Every colour but the first two is drawn on one of these two.
const COLOURS: [Colour; 7] = [
    colour("panel", "#f6f8fa", "#161b22"),
    colour("soft", "#e3ebf5", "#263245"),
    colour("ink", "#1f2328", "#e6edf3"),
    colour("grey", "#4f5761", "#aab4c0"),
    colour("blue", "#0b4f9e", "#8cc2ff"),
    colour("orange", "#8a3f00", "#f5ac64"),
    colour("green", "#14602f", "#7ed99b"),
];

const fn colour(
    name: &'static str,
    light: &'static str,
    dark: &'static str,
) -> Colour {
    Colour { name, light, dark }
}

/// What does not change with the colours.
const SHAPES: &str = "\
text{font:17px system-ui,-apple-system,\"Segoe UI\",Roboto,\
\"Helvetica Neue\",Arial,sans-serif}
.small{font-size:15px}
.bold{font-weight:bold}
.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.middle{text-anchor:middle}
.end{text-anchor:end}
.line{fill:none;stroke-width:2}
.thick{stroke-width:3}
.thin{stroke-width:1}
.faint{stroke-opacity:.45}
.dashed{stroke-dasharray:6 4}
";

/// The style sheet of a picture. Every colour `c` has the classes `c`, which
/// fills, and `c-line`, which draws lines.
///
/// Only a screen is dark, paper is light.
pub fn style_sheet() -> String {
    let light = classes(|colour| colour.light);
    let dark = classes(|colour| colour.dark);
    format!(
        "{SHAPES}{light}\
        @media screen and (prefers-color-scheme:dark){{\n{dark}}}\n"
    )
}

fn classes(value: fn(&Colour) -> &'static str) -> String {
    let mut classes = String::new();
    for colour in &COLOURS {
        let (name, value) = (colour.name, value(colour));
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            classes,
            ".{name}{{fill:{value}}}.{name}-line{{stroke:{value}}}"
        );
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the Web Content Accessibility Guidelines ask of text (1.4.3).
    const ENOUGH: f64 = 4.5;

    #[test]
    fn every_colour_can_be_read_on_the_panel_and_in_a_box() {
        let (backgrounds, inks) = COLOURS.split_at(2);
        for ink in inks {
            for background in backgrounds {
                let light = contrast(ink.light, background.light);
                let dark = contrast(ink.dark, background.dark);
                let pair = [ink.name, background.name].join(" on ");
                assert!(light >= ENOUGH, "{pair}, light: {light}");
                assert!(dark >= ENOUGH, "{pair}, dark: {dark}");
            }
        }
    }

    #[test]
    fn black_on_white_has_the_greatest_contrast() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The relative luminance, as the guidelines define it.
    fn luminance(colour: &str) -> f64 {
        let channel = |start: usize| {
            let digits = &colour[start..start + 2];
            let value = u8::from_str_radix(digits, 16)
                .expect("a colour is # and six digits");
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }
}
