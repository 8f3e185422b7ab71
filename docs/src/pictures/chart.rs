//! Values over time.

use super::Language;
use super::canvas::{Canvas, WIDTH};
use super::recording::Point;

/// The edges of every chart.
pub const LEFT: f64 = 60.0;
pub const RIGHT: f64 = WIDTH - 28.0;

/// Where values and times are on the picture.
pub struct Chart {
    /// The line of the value 0.
    pub bottom: f64,
    height: f64,
    seconds: f64,
    step: f64,
    steps: u32,
}

impl Chart {
    /// A chart with room for `points` in `seconds`.
    pub fn new(
        bottom: f64,
        height: f64,
        seconds: f64,
        points: &[Point],
    ) -> Self {
        let values = points.iter().map(|point| point.value);
        let greatest = values.fold(0.0, f64::max);
        let step = step(greatest);
        let steps = (1..=STEPS)
            .find(|steps| f64::from(*steps) * step >= greatest)
            .unwrap_or(STEPS);
        Self {
            bottom,
            height,
            seconds,
            step,
            steps,
        }
    }

    /// Where a point is.
    pub fn place(&self, point: &Point) -> (f64, f64) {
        (self.x(point.seconds()), self.y(point.value))
    }

    fn x(&self, seconds: f64) -> f64 {
        LEFT + seconds / self.seconds * (RIGHT - LEFT)
    }

    fn y(&self, value: f64) -> f64 {
        let top = self.step * f64::from(self.steps);
        self.bottom - value / top * self.height
    }

    /// Draws a line and a number at each step of the value.
    pub fn draw_values(&self, canvas: &mut Canvas, language: Language) {
        for step in 0..=self.steps {
            let value = f64::from(step) * self.step;
            let y = self.y(value);
            canvas.line("grey-line thin faint", (LEFT, y), (RIGHT, y));
            let number = language.number(value);
            canvas.words("small end", LEFT - 8.0, y + 5.0, &number);
        }
    }

    /// Draws a mark and a number every so many seconds.
    pub fn draw_seconds(&self, canvas: &mut Canvas, every: u8) {
        let seconds = (0_u8..).step_by(every.into()).map(f64::from);
        for second in seconds.take_while(|second| *second <= self.seconds) {
            let x = self.x(second);
            let y = self.bottom;
            canvas.line("ink-line", (x, y), (x, y + 6.0));
            canvas.words("small middle", x, y + 23.0, &second.to_string());
        }
    }

    /// Says what the numbers of the seconds are.
    pub fn draw_unit(&self, canvas: &mut Canvas, unit: &str) {
        canvas.words("small end", RIGHT + 8.0, self.bottom + 44.0, unit);
    }
}

/// More lines than these are too many to read.
const STEPS: u32 = 4;

/// The smallest of 0.1, 0.2, 0.5, 1, 2, 5, 10 ... of which at most
/// [`STEPS`] reach `greatest`.
fn step(greatest: f64) -> f64 {
    let enough = |step: &f64| step * f64::from(STEPS) >= greatest;
    let tens = (0..12).map(|exponent| 10_f64.powi(exponent));
    [0.1, 0.2, 0.5]
        .into_iter()
        .chain(tens.flat_map(|ten| [ten, 2.0 * ten, 5.0 * ten]))
        .find(enough)
        .unwrap_or(greatest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_round_numbers_and_at_most_four_steps() {
        for (greatest, expected) in [
            (0.0, 0.1),
            (0.4, 0.1),
            (1.0, 0.5),
            (1.9, 0.5),
            (16.0, 5.0),
            (3521.0, 1000.0),
            (4001.0, 2000.0),
        ] {
            assert_eq!(step(greatest), expected, "{greatest}");
        }
    }
}
