//! A bakery whose minutes repeat every four, with one instrument of each kind.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter, UpDownCounter};

use crate::Minute;

/// How many orders come in each of four minutes.
pub const ORDERS: [u8; 4] = [4, 1, 3, 2];

/// What is on the shelf in each of four minutes.
const STOCK: [i64; 4] = [12, 9, 15, 14];

/// How warm it is in each of four minutes, in degrees Celsius.
const ROOM: [f64; 4] = [21.5, 22.0, 23.5, 22.5];

/// What the meter showed before the bakery opened, in kilowatt-hours.
pub const ENERGY_BEFORE: u64 = 1000;

/// The instruments that the program calls.
#[derive(Debug)]
pub struct Bakery {
    orders: Counter<u64>,
    open_orders: UpDownCounter<i64>,
    price: Histogram<f64>,
    oven: Gauge<u64>,
    /// How many orders are open now.
    open: u8,
}

impl Bakery {
    /// Opens the bakery, with no order yet.
    pub fn open(meter: &Meter, minute: &Minute) -> Self {
        observe(meter, minute);
        Self {
            orders: meter
                .u64_counter("padaria.pedidos")
                .with_description("Os pedidos que chegaram.")
                .with_unit("{pedido}")
                .build(),
            open_orders: meter
                .i64_up_down_counter("padaria.pedidos.abertos")
                .with_description("Os pedidos que ainda não estão prontos.")
                .with_unit("{pedido}")
                .build(),
            price: meter
                .f64_histogram("padaria.pedido.valor")
                .with_description("O valor de cada pedido.")
                .with_unit("{real}")
                .build(),
            oven: meter
                .u64_gauge("padaria.forno.temperatura")
                .with_description("A temperatura a que o forno foi ajustado.")
                .with_unit("Cel")
                .build(),
            open: 0,
        }
    }

    // ANCHOR: work
    /// Does the work of one minute.
    pub fn work(&mut self, minute: u64) {
        let arrived = of_minute(ORDERS, minute);
        self.orders.add(arrived.into(), &[]);
        for order in 1..=arrived {
            self.price.record(f64::from(order) * 10.0, &[]);
        }
        // What came in during the minute before is ready.
        self.open_orders
            .add(i64::from(arrived) - i64::from(self.open), &[]);
        self.open = arrived;
        // Nobody touches the oven in the other minutes.
        if minute % 2 == 1 {
            self.oven.record(180 + u64::from(arrived), &[]);
        }
    }
    // ANCHOR_END: work
}

/// Observes what is known without the program's help. A restart does not set
/// the energy meter back.
fn observe(meter: &Meter, minute: &Minute) {
    let now = Arc::clone(minute);
    meter
        .u64_observable_counter("padaria.energia")
        .with_description("O que mostra o medidor de energia.")
        .with_unit("kWh")
        .with_callback(move |counter| {
            counter.observe(ENERGY_BEFORE + 2 * now.load(Relaxed), &[]);
        })
        .build();
    let now = Arc::clone(minute);
    meter
        .i64_observable_up_down_counter("padaria.estoque")
        .with_description("Os pães na prateleira.")
        .with_unit("{pao}")
        .with_callback(move |counter| {
            counter.observe(of_minute(STOCK, now.load(Relaxed)), &[]);
        })
        .build();
    let now = Arc::clone(minute);
    meter
        .f64_observable_gauge("padaria.sala.temperatura")
        .with_description("A temperatura da sala.")
        .with_unit("Cel")
        .with_callback(move |gauge| {
            gauge.observe(of_minute(ROOM, now.load(Relaxed)), &[]);
        })
        .build();
}

/// Minute 1 has the first of the four values, and so has minute 5.
fn of_minute<T: Copy>(values: [T; 4], minute: u64) -> T {
    let [first, second, third, fourth] = values;
    match minute % 4 {
        1 => first,
        2 => second,
        3 => third,
        _ => fourth,
    }
}
