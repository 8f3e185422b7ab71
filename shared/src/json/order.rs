//! The order of data points: that of their attribute sets.
//!
//! A set is a list of parts: a key, its value, the next key, its value. Sets
//! are in the order of the first part in which they differ.

use std::cmp::Ordering;
use std::ptr;

use opentelemetry::{Array, KeyValue, Value};

use super::attributes::{by_key, is_by_key};

/// Compares two attribute sets. Each function gives the attributes anew.
pub(super) fn compare<'a, I>(
    left: impl Fn() -> I,
    right: impl Fn() -> I,
) -> Ordering
where
    I: Iterator<Item = &'a KeyValue>,
{
    let parts = |attribute: &'a KeyValue| {
        [Part::key(attribute), Part::value(attribute)]
    };
    let left = by_key(left).flat_map(parts);
    left.cmp(by_key(right).flat_map(parts))
}

/// The order of many attribute sets: by key, then by the type of the value,
/// then by the value.
///
/// Comparing two sets is slow, because it follows pointers to pointers to
/// texts. So each set has a *place*, a number with two halves: the upper bits
/// are the beginning of what tells the set from the others, the lower bits are
/// its number. Places are sorted as the numbers that they are, and those that
/// begin in the same way once more, by what comes later in their sets.
#[derive(Debug)]
pub struct Order {
    /// The numbers of the sets, in their order. Sorting takes no memory but
    /// this, where a pointer has 64 bits.
    pub numbers: Vec<usize>,
    /// Whether each set is given by rising key, each key once.
    pub(super) by_key: bool,
}

impl Order {
    /// Sorts `count` sets. `set` gives the attributes of the set with a number
    /// below `count`, anew with each call.
    pub fn new<'a, I>(count: usize, set: impl Fn(usize) -> Option<I>) -> Self
    where
        I: Iterator<Item = &'a KeyValue>,
    {
        let sets = Sets::new(count, set);
        let mut places: Vec<_> = (0..count as u64).collect();
        sets.sort(&mut places, sets.first_part());
        // `collect` makes the numbers in the memory of the places.
        let numbers = places.into_iter().map(|place| sets.number(place));
        Self {
            numbers: numbers.collect(),
            by_key: sets.by_key,
        }
    }
}

/// The sets that are sorted.
struct Sets<F> {
    set: F,
    by_key: bool,
    /// Whether all sets have the same keys, so that only values differ.
    same_keys: bool,
    /// The bits of a place that are the number of its set.
    number_bits: u64,
}

impl<'a, F, I> Sets<F>
where
    F: Fn(usize) -> Option<I>,
    I: Iterator<Item = &'a KeyValue>,
{
    fn new(count: usize, set: F) -> Self {
        let sets = || (0..count).filter_map(&set);
        let first = || sets().next().into_iter().flatten();
        let same_keys = sets().all(|set| have_same_keys(set, first()));
        let by_key = if same_keys {
            is_by_key(first())
        } else {
            sets().all(is_by_key)
        };
        Self {
            set,
            by_key,
            same_keys,
            number_bits: (count as u64).next_power_of_two() - 1,
        }
    }

    // ANCHOR: sort
    /// Sorts the places of sets that are equal in all parts before `part`.
    fn sort(&self, places: &mut [u64], part: usize) {
        if places.len() < 2 {
            return;
        }
        match self.mark(places, part) {
            Marked::Until(part) => {
                places.sort_unstable();
                let same = |a: &u64, b: &u64| self.upper(*a) == self.upper(*b);
                for equal in places.chunk_by_mut(same) {
                    self.sort(equal, part);
                }
            }
            Marked::Arrays(part) => {
                let part_of = |place: &u64| self.part(*place, part);
                places.sort_unstable_by_key(part_of);
                let same = |a: &u64, b: &u64| part_of(a) == part_of(b);
                for equal in places.chunk_by_mut(same) {
                    self.sort(equal, self.part_after(part));
                }
            }
            Marked::Equal => {}
        }
    }

    /// Writes into the upper bits of places what tells their sets apart.
    fn mark(&self, places: &mut [u64], mut part: usize) -> Marked {
        let mut used_bits = 0;
        for place in &mut *places {
            *place = self.lower(*place);
        }
        loop {
            let part_of = |place: &u64| self.part(*place, part);
            let difference = Difference::between(places.iter().map(part_of));
            match difference {
                Difference::End if used_bits == 0 => return Marked::Equal,
                Difference::Arrays if used_bits == 0 => {
                    return Marked::Arrays(part);
                }
                Difference::End | Difference::Arrays => break,
                _ => {}
            }
            let bits = difference.bits();
            if bits > 0 {
                for place in &mut *places {
                    let beginning = difference.beginning(part_of(place));
                    *place |= self.upper(beginning >> used_bits);
                }
            }
            used_bits += bits;
            if used_bits > self.number_bits.leading_zeros() {
                break;
            }
            part = self.part_after(part);
        }
        Marked::Until(part)
    }
    // ANCHOR_END: sort

    fn upper(&self, place: u64) -> u64 {
        place & !self.number_bits
    }

    fn lower(&self, place: u64) -> u64 {
        place & self.number_bits
    }

    #[expect(clippy::cast_possible_truncation, reason = "it was a usize")]
    fn number(&self, place: u64) -> usize {
        self.lower(place) as usize
    }

    /// Even parts are keys, odd ones are values.
    fn first_part(&self) -> usize {
        usize::from(self.same_keys)
    }

    fn part_after(&self, part: usize) -> usize {
        part + if self.same_keys { 2 } else { 1 }
    }

    fn part(&self, place: u64, part: usize) -> Option<Part<'a>> {
        let attribute = self.attribute(self.number(place), part / 2)?;
        Some(if part.is_multiple_of(2) {
            Part::key(attribute)
        } else {
            Part::value(attribute)
        })
    }

    fn attribute(&self, set: usize, position: usize) -> Option<&'a KeyValue> {
        if self.by_key {
            (self.set)(set)?.nth(position)
        } else {
            by_key(|| (self.set)(set).into_iter().flatten()).nth(position)
        }
    }
}

fn have_same_keys<'a>(
    mut left: impl Iterator<Item = &'a KeyValue>,
    mut right: impl Iterator<Item = &'a KeyValue>,
) -> bool {
    let are_same = |left: &KeyValue, right: &KeyValue| {
        let (left, right) = (left.key.as_str(), right.key.as_str());
        // Mostly both are one literal of the program: its address tells.
        ptr::eq(left, right) || left == right
    };
    left.all(|left| right.next().is_some_and(|right| are_same(left, right)))
        && right.next().is_none()
}

/// How far [`Sets::mark`] has come.
enum Marked {
    /// Sets with the same mark are equal before this part.
    Until(usize),
    /// There is no mark: sets are equal before this part, and it has arrays.
    Arrays(usize),
    /// There is no mark: sets are equal.
    Equal,
}

/// What tells the same part of several sets apart.
#[derive(Clone, Copy)]
enum Difference<'a> {
    /// Nothing, and nothing comes after it: all sets have ended.
    End,
    /// Numbers of one type.
    Numbers {
        least: Number,
        greatest: Number,
    },
    /// Texts with the same first bytes.
    Texts {
        first: &'a str,
        common: usize,
        are_equal: bool,
    },
    Arrays,
    /// Parts of different types, or ends of some sets.
    Types,
}

impl<'a> Difference<'a> {
    fn between(mut parts: impl Iterator<Item = Option<Part<'a>>>) -> Self {
        let mut difference = match parts.next().flatten() {
            None => Self::End,
            Some(Part::Number(number)) => Self::Numbers {
                least: number,
                greatest: number,
            },
            Some(Part::Text(text)) => Self::Texts {
                first: text,
                common: text.len(),
                are_equal: true,
            },
            Some(Part::Array(_)) => Self::Arrays,
        };
        parts.for_each(|part| difference.add(part));
        difference
    }

    #[inline]
    fn add(&mut self, part: Option<Part>) {
        match (&mut *self, part) {
            (Self::End, None) | (Self::Arrays, Some(Part::Array(_))) => {}
            (Self::Numbers { least, greatest }, Some(Part::Number(number)))
                if number.kind == least.kind =>
            {
                *least = number.min(*least);
                *greatest = number.max(*greatest);
            }
            (
                Self::Texts {
                    first,
                    common,
                    are_equal,
                },
                Some(Part::Text(text)),
            ) => {
                *are_equal &= text.len() == first.len();
                let beginning = &first.as_bytes()[..*common];
                if !text.as_bytes().starts_with(beginning) {
                    *are_equal = false;
                    let pairs = beginning.iter().zip(text.as_bytes());
                    *common = pairs.take_while(|(a, b)| a == b).count();
                }
            }
            _ => *self = Self::Types,
        }
    }

    /// The bits that tell all parts apart: of texts and types, all there are.
    fn bits(self) -> u32 {
        match self {
            Self::Numbers { least, greatest } => {
                u64::BITS - (greatest.rank - least.rank).leading_zeros()
            }
            Self::Texts { are_equal, .. } if !are_equal => u64::BITS,
            Self::Types => u64::BITS,
            Self::Texts { .. } | Self::End | Self::Arrays => 0,
        }
    }

    /// A number that rises with the part, from the highest bit down. Different
    /// parts can have the same: those of one type where types differ, and texts
    /// whose next eight bytes are equal.
    #[inline]
    fn beginning(self, part: Option<Part>) -> u64 {
        match (self, part) {
            (Self::Numbers { least, greatest }, Some(Part::Number(number))) => {
                let unused = (greatest.rank - least.rank).leading_zeros();
                (number.rank - least.rank) << unused
            }
            (Self::Texts { common, .. }, Some(Part::Text(text))) => {
                first_bytes(&text.as_bytes()[common..])
            }
            (_, part) => Part::type_rank(part) << 56,
        }
    }
}

/// The first eight bytes of a text as a number that rises with the text.
fn first_bytes(text: &[u8]) -> u64 {
    // A byte counts one more than it is, since 0 stands after the end. No byte
    // of UTF-8 is 255.
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    if let Some(bytes) = text.first_chunk() {
        return u64::from_be_bytes(*bytes) + ONES;
    }
    let mut bytes = [0; 8];
    for (byte, of_text) in bytes.iter_mut().zip(text) {
        *byte = of_text + 1;
    }
    u64::from_be_bytes(bytes)
}

/// A key or a value. The order of the types is that of the variants.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Number(Number),
    Text(&'a str),
    Array(Elements<'a>),
}

impl<'a> Part<'a> {
    fn key(attribute: &'a KeyValue) -> Self {
        Self::Text(attribute.key.as_str())
    }

    #[inline]
    fn value(attribute: &'a KeyValue) -> Self {
        match &attribute.value {
            Value::Bool(value) => Self::Number(Number::boolean(*value)),
            Value::I64(value) => Self::Number(Number::integer(*value)),
            Value::F64(value) => Self::Number(Number::float(*value)),
            Value::String(value) => Self::Text(value.as_str()),
            Value::Array(array) => Self::Array(Elements(array)),
            // Types that a later release may add.
            _ => Self::Text(""),
        }
    }

    /// The place of the part's type among the types; first come sets that have
    /// ended.
    fn type_rank(part: Option<Self>) -> u64 {
        match part {
            None => 0,
            Some(Self::Number(number)) => 1 + number.kind as u64,
            Some(Self::Text(_)) => 4,
            Some(Self::Array(_)) => 5,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Number {
    kind: Kind,
    /// Rises with the number, among those of its kind.
    rank: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Boolean,
    Integer,
    Float,
}

impl Number {
    const SIGN: u64 = 1 << 63;

    fn boolean(value: bool) -> Self {
        Self {
            kind: Kind::Boolean,
            rank: u64::from(value),
        }
    }

    fn integer(value: i64) -> Self {
        Self {
            kind: Kind::Integer,
            rank: value.cast_unsigned() ^ Self::SIGN,
        }
    }

    /// In the order of [`f64::total_cmp`].
    fn float(value: f64) -> Self {
        let bits = value.to_bits();
        let is_negative = bits & Self::SIGN != 0;
        Self {
            kind: Kind::Float,
            rank: if is_negative {
                !bits
            } else {
                bits | Self::SIGN
            },
        }
    }
}

/// An array, in order by the type of its elements, then by the elements.
#[derive(Clone, Copy)]
struct Elements<'a>(&'a Array);

impl Elements<'_> {
    fn type_rank(self) -> u8 {
        match self.0 {
            Array::Bool(_) => 0,
            Array::I64(_) => 1,
            Array::F64(_) => 2,
            _ => 3,
        }
    }
}

impl Ord for Elements<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.0, other.0) {
            (Array::Bool(left), Array::Bool(right)) => left.cmp(right),
            (Array::I64(left), Array::I64(right)) => left.cmp(right),
            (Array::F64(left), Array::F64(right)) => {
                let rank = |value: &f64| Number::float(*value);
                left.iter().map(rank).cmp(right.iter().map(rank))
            }
            (Array::String(left), Array::String(right)) => {
                let left = left.iter().map(AsRef::<str>::as_ref);
                left.cmp(right.iter().map(AsRef::<str>::as_ref))
            }
            _ => self.type_rank().cmp(&other.type_rank()),
        }
    }
}

impl PartialOrd for Elements<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Elements<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Elements<'_> {}

#[cfg(test)]
mod tests {
    use opentelemetry::StringValue;

    use super::*;

    #[test]
    fn sets_are_in_the_order_of_their_comparison() {
        let mut random = fastrand::Rng::with_seed(6);
        for count in [0, 1, 2, 3, 100, 2000] {
            for keys in 0..4 {
                let sets: Vec<_> =
                    (0..count).map(|_| set(&mut random, keys)).collect();
                is_sorted(&sets);
            }
        }
    }

    #[test]
    fn sets_with_the_same_keys_are_in_the_order_of_their_comparison() {
        let mut random = fastrand::Rng::with_seed(7);
        for kind in 0..KINDS {
            let attributes = |random: &mut fastrand::Rng| {
                ["b", "a"].map(|key| KeyValue::new(key, value(random, kind)))
            };
            let sets: Vec<_> =
                (0..1000).map(|_| attributes(&mut random)).collect();
            is_sorted(&sets);
        }
    }

    fn is_sorted(sets: &[impl AsRef<[KeyValue]>]) {
        let set =
            |number: usize| sets.get(number).map(|set| set.as_ref().iter());
        let order = Order::new(sets.len(), set);
        let attributes = |number: usize| sets[number].as_ref().iter();
        for pair in order.numbers.windows(2) {
            let (left, right) = (pair[0], pair[1]);
            let order = compare(|| attributes(left), || attributes(right));
            assert!(
                order.is_le(),
                "{:?}",
                [left, right].map(|n| sets[n].as_ref())
            );
        }
        let mut numbers = order.numbers;
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(0..sets.len()));
    }

    /// Up to `keys` attributes in any order, the same key also twice.
    fn set(random: &mut fastrand::Rng, keys: usize) -> Vec<KeyValue> {
        let mut set = vec![];
        for _ in 0..random.usize(..=keys) {
            let kind = random.usize(..KINDS);
            set.push(KeyValue::new(text(random), value(random, kind)));
        }
        set
    }

    const KINDS: usize = 8;

    fn value(random: &mut fastrand::Rng, kind: usize) -> Value {
        let length = random.usize(..3);
        match kind {
            0 => Value::Bool(random.bool()),
            1 => Value::I64(integer(random)),
            2 => Value::F64(float(random)),
            3 => Value::String(text(random).into()),
            4 => Value::Array(vec![random.bool(); length].into()),
            5 => Value::Array(vec![integer(random); length].into()),
            6 => Value::Array(vec![float(random); length].into()),
            _ => {
                let text = StringValue::from(text(random));
                Value::Array(vec![text; length].into())
            }
        }
    }

    fn integer(random: &mut fastrand::Rng) -> i64 {
        let any = random.i64(..);
        [i64::MIN, i64::MAX, -1, 0, 1, any][random.usize(..6)]
    }

    fn float(random: &mut fastrand::Rng) -> f64 {
        let any = f64::from_bits(random.u64(..));
        [0.0, -0.0, f64::NAN, f64::INFINITY, -1.5, any][random.usize(..6)]
    }

    /// Texts that have much in common: letters, ends, and the least and the
    /// greatest byte that a text can have.
    fn text(random: &mut fastrand::Rng) -> String {
        let same = "a".repeat(random.usize(..20));
        let letters = ['a', 'b', '\0', '\u{10ffff}'];
        let rest = (0..random.usize(..3)).map(|_| letters[random.usize(..4)]);
        same.chars().chain(rest).collect()
    }
}
