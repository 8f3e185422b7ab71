// The logic of the reader lab, without its page: what readers collect, when,
// and what each document says. `replay` is held to recorded runs of the SDK.
"use strict";

globalThis.readerLab = (() => {
    // Times are whole quarters of a second, so that they add up exactly.
    const SECOND = 4;
    const SETS = ["a", "b"];
    const COLUMNS = 8;

    const KINDS = [
        "u64_counter", "i64_up_down_counter", "f64_histogram", "f64_gauge",
        "u64_observable_counter", "f64_observable_counter",
        "i64_observable_up_down_counter", "f64_observable_gauge",
    ];
    const TEMPORALITIES = { c: "cumulative", d: "delta", l: "lowmemory" };
    const HALVES = (from, to) => Array.from({ length: (to - from) / 2 + 1 }, (_, n) => from + 2 * n);
    const INTERVALS = HALVES(2, 4 * SECOND);
    /** How long a callback may take; a longer one would meet the timeout of a shutdown. */
    const PAUSES = HALVES(0, 2 * SECOND);

    const isObserved = kind => kind.includes("observable");

    /** The least and the greatest value that the page lets one choose. */
    const limits = kind => kind === "i64_up_down_counter" ? [-6, 6] : [0, 12];

    // ---- What is collected ------------------------------------------------

    /** Whether a reader exports changes of this instrument, and not totals. */
    function exportsChanges(kind, asked) {
        if (asked === "cumulative" || kind.includes("up_down")) return false;
        return asked === "delta" || !isObserved(kind) && !kind.includes("gauge");
    }

    /** The storage of one instrument for one reader, from a start of the program on. */
    const storage = (kind, asked, start) => ({
        kind,
        changes: exportsChanges(kind, asked),
        start,
        values: new Map(),
        /** The totals that the last collection observed. */
        reported: new Map(),
    });

    /** Adds a measurement to what the storage has for its attribute set. */
    function store({ kind, values }, set, value) {
        const before = values.get(set);
        if (kind.includes("histogram")) {
            const { count, sum, min, max } = before ?? { count: 0, sum: 0, min: value, max: value };
            values.set(set, {
                count: count + 1, sum: sum + value,
                min: Math.min(min, value), max: Math.max(max, value),
            });
        } else if (isObserved(kind) || kind.includes("gauge")) {
            values.set(set, value);
        } else {
            values.set(set, (before ?? 0) + value);
        }
    }

    /** Takes a collection's data points out of the storage. */
    function collect(storage, now) {
        const { kind, changes, values, reported } = storage;
        const start = kind.includes("gauge") ? null : storage.start;
        const points = [...values].map(([set, value]) => ({
            set, start, end: now,
            ...(kind.includes("histogram") ? value
                : { value: isObserved(kind) && changes ? change(kind, value, reported.get(set)) : value }),
        }));
        // A set that was not observed is forgotten, and starts from zero again.
        storage.reported = new Map(values);
        if (changes) storage.start = now;
        if (changes || isObserved(kind)) values.clear();
        return points.sort((one, other) => one.set < other.set ? -1 : 1);
    }

    /** The change of an observed total. A gauge has only its value. */
    function change(kind, value, before = 0) {
        if (kind.includes("gauge")) return value;
        // Unsigned numbers go round below zero; a debug build panics.
        const goesRound = kind.startsWith("u64") && value < before;
        return goesRound ? BigInt.asUintN(64, BigInt(value - before)).toString() : value - before;
    }

    /** The data points of each collection of a script, with steps as times. */
    function replay(kind, asked, steps) {
        const observed = new Map();
        const collections = [];
        let readers = [];
        steps.forEach((step, now) => {
            if (step.do === "start") {
                readers = asked.map(temporality => storage(kind, temporality, now));
            } else if (step.do === "collect") {
                // The callback runs for one reader; its observations go to all.
                for (const [set, value] of observed) {
                    if (value !== null) readers.forEach(reader => store(reader, set, value));
                }
                collections.push(collect(readers[step.reader], now));
            } else if (isObserved(kind)) {
                observed.set(step.set, step.value);
            } else {
                readers.forEach(reader => store(reader, step.set, step.value));
            }
        });
        return collections;
    }

    // ---- When it is collected ---------------------------------------------

    /** The collections of one reader from `from` until it is asked to stop. */
    function ticks({ interval }, slow, from, stop) {
        const found = [];
        // A collection that takes longer than the interval delays the next.
        for (let started = from + interval; started <= stop; started += Math.max(interval, slow)) {
            found.push({ started, at: started + slow });
        }
        return found;
    }

    /** The steps of a lab in order of time: measurements, collections, starts. */
    function schedule({ kind, readers, restart, slow, ...sets }) {
        const length = sets.a.length * SECOND;
        const steps = [{ do: "start", at: 0 }];
        for (const set of SETS) {
            sets[set].forEach((value, column) => {
                const at = column * SECOND + 3;
                if (value !== null || isObserved(kind)) steps.push({ do: "measure", at, set, value });
            });
        }
        const add = (reader, found) =>
            found.forEach(tick => steps.push({ do: "collect", reader, ...tick }));
        const crash = restart * SECOND;
        if (restart) {
            // A collection that has begun is lost in the crash.
            readers.forEach((reader, index) =>
                add(index, ticks(reader, slow, 0, crash).filter(({ at }) => at <= crash)));
            steps.push({ do: "start", at: crash });
        }
        // The shutdown asks one reader after the other; each collects once more.
        let stop = length + 3;
        readers.forEach((reader, index) => {
            const found = ticks(reader, slow, crash, stop);
            const started = Math.max(stop, found.at(-1)?.at ?? 0);
            stop = started + slow;
            add(index, [...found, { started, at: stop, last: true }]);
        });
        // Of two readers at the same moment, the first collects first.
        const rank = step => step.do === "start" ? readers.length : step.reader ?? 0;
        return steps.sort((one, other) => one.at - other.at || rank(one) - rank(other));
    }

    /** The collections of a lab: whose, when, and the points with their times. */
    function run(lab) {
        const steps = schedule(lab);
        const points = replay(lab.kind, lab.readers.map(reader => reader.temporality), steps);
        const counts = lab.readers.map(() => 0);
        return steps.filter(step => step.do === "collect").map((step, index) => {
            const number = ++counts[step.reader];
            const time = start => start === null ? null : steps[start].at;
            return {
                ...step, number,
                lost: number === lab.lost,
                points: points[index].map(point => ({ ...point, start: time(point.start), end: step.at })),
            };
        });
    }

    // ---- The state, and its address ---------------------------------------

    const empty = () => Array(COLUMNS).fill(null);
    const ORDERS = [4, 1, 3, 2, 4, 1, 3, 2];
    const reader = (interval, temporality) => ({ interval, temporality });

    const FIRST = {
        kind: "u64_counter",
        readers: [reader(SECOND, "cumulative"), reader(2 * SECOND, "delta")],
        a: ORDERS, b: empty(), restart: 0, lost: 0, slow: 0,
    };

    /** What the prepared scripts change of a lab. */
    const SCRIPTS = {
        steady: { kind: "u64_counter", a: Array(COLUMNS).fill(2), b: empty(), restart: 0 },
        burst: { kind: "u64_counter", a: [null, null, 9, 12, null, null, null, 1], b: empty(), restart: 0 },
        falls: { kind: "f64_observable_counter", a: [2, 5, 8, 11, 3, 4, 6, 9], b: empty(), restart: 0 },
        missing: { kind: "f64_observable_counter", a: [1, 3, 4, null, 7, 8, 10, 11], b: empty(), restart: 0 },
        restart: { kind: "u64_counter", a: ORDERS, b: empty(), restart: 4 },
    };

    const letter = temporality => temporality[0];

    /** A lab as the fragment of an address. */
    function write({ kind, readers, a, b, restart, lost, slow }) {
        const values = column => column.map(value => value ?? "").join(",").replace(/,+$/, "");
        const parts = {
            kind,
            readers: readers.map(r => r.interval / SECOND + letter(r.temporality)).join(","),
            a: values(a), b: values(b),
            restart: restart || "", lost: lost || "", slow: slow / SECOND || "",
        };
        return Object.entries(parts).filter(([, part]) => part !== "")
            .map(([name, part]) => `${name}=${part}`).join("&");
    }

    /** The lab of such a fragment, or null if it is none. */
    function read(fragment) {
        const parts = [...new URLSearchParams(fragment)];
        const found = Object.fromEntries(parts);
        const names = Object.keys(found);
        if (names.length < parts.length || !names.every(name => Object.hasOwn(FIRST, name))) return null;
        const { kind, readers = "" } = found;
        if (!KINDS.includes(kind)) return null;
        const one = (text, known) => known.find(number => String(number / SECOND) === text);
        const lab = {
            kind,
            readers: readers.split(",").map(text =>
                reader(one(text.slice(0, -1), INTERVALS), TEMPORALITIES[text.slice(-1)])),
            a: values(found.a, limits(kind)), b: values(found.b, limits(kind)),
            restart: whole(found.restart, COLUMNS - 1),
            lost: whole(found.lost, COLUMNS),
            slow: one(found.slow ?? "0", PAUSES),
        };
        const isKnown = ({ interval, temporality }) => interval && temporality;
        const isWhole = lab.readers.length <= 2 && lab.readers.every(isKnown)
            && ![lab.a, lab.b, lab.restart, lab.lost, lab.slow].includes(undefined);
        return isWhole ? lab : null;
    }

    /** A number from 0 on, or undefined. */
    function whole(text = "0", greatest) {
        return /^\d$/.test(text) && Number(text) <= greatest ? Number(text) : undefined;
    }

    /** The values of all columns, or undefined. */
    function values(text = "", [least, greatest]) {
        const found = text.split(",").map(value => value === "" ? null : Number(value));
        const isValue = value => value === null
            || Number.isInteger(value) && least <= value && value <= greatest;
        if (found.length > COLUMNS || !found.every(isValue)) return undefined;
        return [...found, ...empty()].slice(0, COLUMNS);
    }

    return {
        SECOND, SETS, COLUMNS, KINDS, TEMPORALITIES: Object.values(TEMPORALITIES), INTERVALS, PAUSES,
        FIRST, SCRIPTS, isObserved, exportsChanges, limits, replay, run, write, read,
    };
})();
