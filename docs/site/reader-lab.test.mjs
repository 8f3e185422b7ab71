// The reader lab must give what the SDK gave, and what the lessons' programs
// printed. The recordings are JSON files in `docs/data`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import "../theme/reader-lab.js";

const { COLUMNS, FIRST, SCRIPTS, SECOND, read, replay, run, write } = globalThis.readerLab;

const recorded = name => JSON.parse(readFileSync(new URL(`../data/${name}.json`, import.meta.url)));
const cumulative = interval => ({ interval, temporality: "cumulative" });
const delta = interval => ({ interval, temporality: "delta" });

for (const { name, kind, readers, steps, collections } of recorded("reader-lab")) {
    test(`the SDK's ${name}`, () => assert.deepEqual(replay(kind, readers, steps), collections));
}

test("the two readers of lesson 9, as recorded", () => {
    const lab = {
        ...FIRST, kind: "u64_observable_counter",
        readers: [cumulative(SECOND), cumulative(3 * SECOND)],
        a: Array(9).fill(1), b: Array(9).fill(null),
    };
    // Which of two comes first at the same moment is left to chance.
    const inOrder = documents => documents.sort(([one, first], [other, second]) =>
        one - other || first - second);
    const printed = recorded("two-readers").points.map(({ reader, milliseconds }) =>
        [Math.round(milliseconds / 1000), Number(reader === "slow")]);
    const computed = run(lab).filter(({ last }) => !last).map(({ at, reader }) => [at / SECOND, reader]);
    assert.deepEqual(inOrder(computed), inOrder(printed));
});

test("the lost document and the restart of lesson 10, as recorded", () => {
    const ORDERS = [4, 1, 3, 2];
    const lab = {
        ...FIRST, readers: [cumulative(SECOND), delta(SECOND)],
        a: Array.from({ length: 14 }, (_, minute) => ORDERS[minute % 4]), b: Array(14).fill(null),
        lost: 4, restart: 7,
    };
    const printed = recorded("temporality").points.map(({ reader, value }) => [reader, value]);
    const computed = run(lab).filter(({ last, lost }) => !last && !lost)
        .map(({ reader, points }) => [lab.readers[reader].temporality, points[0].value]);
    assert.deepEqual(computed, printed);
});

test("the question of lesson 10: how many orders the documents have", () => {
    const sum = values => values.reduce((total, value) => total + value, 0);
    const found = interval => {
        const lab = read(`kind=u64_counter&readers=${interval}c,${interval}d&a=4,1,3,2,4,1,3,2&restart=5&lost=2`);
        const arrived = run(lab).filter(({ lost }) => !lost);
        const [totals, changes] = [0, 1].map(index =>
            arrived.filter(({ reader }) => reader === index).flatMap(({ points }) => points));
        // The last total of each life of the program.
        const lives = new Map(totals.map(({ start, value }) => [start, value]));
        return [sum([...lives.values()]), sum(changes.map(({ value }) => value))];
    };
    assert.deepEqual([1, 2].map(found), [[20, 19], [11, 11]]);
});

test("the question of lesson 9: which documents of the second reader still have set b", () => {
    const late = interval =>
        run(read(`kind=f64_observable_counter&readers=1c,${interval}c&a=1,2,3,4,5,6,7,8&b=2,4,6,8,10`))
            .filter(({ at, reader }) => reader === 1 && at > 5 * SECOND)
            .flatMap(({ at, points }) => points.filter(({ set }) => set === "b")
                .map(({ value }) => [at / SECOND, value]));
    assert.deepEqual([4, 2].map(late), [[[8, 10]], [[6, 10]]]);
});

test("the question of lesson 6: what each reader exports when a total falls", () => {
    const atFive = kind => run(read(`kind=${kind}&readers=1c,1d&a=2,5,8,11,3,4,6,9`))
        .filter(({ at }) => at === 5 * SECOND).map(({ points }) => points[0].value);
    assert.deepEqual(atFive("u64_observable_counter"), [3, "18446744073709551608"]);
    assert.deepEqual(atFive("f64_observable_counter"), [3, -8]);
});

test("the questions of the page have the answers that it gives", () => {
    const documents = (query, reader) =>
        run(read(query)).filter(document => document.reader === reader && document.points.length > 0);
    const values = (query, reader) => documents(query, reader).map(({ points }) => points[0].value);

    const falls = "kind=i64_up_down_counter&readers=1d,2c&a=3,-2,,4,,-5,,1";
    assert.deepEqual([0, 1].map(reader => values(falls, reader)),
        [[3, 1, 1, 5, 5, 0, 0, 1, 1], [1, 5, 0, 1, 1]]);

    const gauge = "kind=f64_gauge&readers=1c,1d&a=,5,,,,8";
    assert.deepEqual([0, 1].map(reader => values(gauge, reader)),
        [[5, 5, 5, 5, 8, 8, 8, 8], [5, 8]]);

    const slow = "kind=u64_observable_counter&readers=0.5c,3c&a=1,2,3,4,5,6,7,8&slow=1.5";
    assert.deepEqual([0, 1].map(reader => documents(slow, reader).length), [7, 4]);
    assert.deepEqual(documents(slow, 1).slice(0, 3).map(({ at }) => at / SECOND), [4.5, 7.5, 10.5]);
});

test("an unsigned total that falls goes round, as in lesson 6", () => {
    const steps = [100, 150, 20].flatMap(value =>
        [{ do: "measure", set: "", value }, { do: "collect", reader: 0 }]);
    const values = replay("u64_observable_counter", ["delta"], [{ do: "start" }, ...steps])
        .map(([point]) => point.value);
    assert.deepEqual(values, [100, 50, "18446744073709551486"]);
});

test("a callback slower than the interval sets the pace", () => {
    const lab = { ...FIRST, readers: [cumulative(SECOND)], slow: 1.5 * SECOND };
    const times = run(lab).map(({ at }) => at / SECOND);
    // The last collection waits for the one that is under way at 8.75 s.
    assert.deepEqual(times, [2.5, 4, 5.5, 7, 8.5, 10, 11.5]);
});

test("a crash loses the collection that is under way, and starts the interval anew", () => {
    const lab = { ...FIRST, readers: [cumulative(1.5 * SECOND)], slow: SECOND / 2, restart: 5 };
    const times = run(lab).map(({ at, started }) => [started / SECOND, at / SECOND]);
    assert.deepEqual(times, [[1.5, 2], [3, 3.5], [4.5, 5], [6.5, 7], [8, 8.5], [8.75, 9.25]]);
    const longer = run({ ...lab, slow: SECOND }).map(({ at }) => at / SECOND);
    assert.deepEqual(longer, [2.5, 4, 7.5, 9, 10]);
});

test("an address is read as it was written", () => {
    const labs = Object.values(SCRIPTS).map(script => ({ ...FIRST, ...script }));
    labs.push({ ...FIRST, kind: "i64_up_down_counter", a: [-6, null, 6, 0, null, null, null, null] });
    labs.push({ ...FIRST, lost: 8, slow: SECOND / 2, readers: [{ interval: 6, temporality: "lowmemory" }] });
    for (const lab of [FIRST, ...labs]) {
        assert.deepEqual(read(write(lab)), lab);
        assert.deepEqual(read(encodeURIComponent(write(lab)).replace(/%3D/g, "=").replace(/%26/g, "&")), lab);
    }
});

test("an address that is none is refused", () => {
    const good = "kind=u64_counter&readers=1c,2d&a=4,1,3,2";
    assert.ok(read(good));
    for (const bad of [
        "", "garbage", "%", "kind=u64_counter", "kind=constructor&readers=1c", good.replace("1c", "1x"),
        good.replace("1c", "0c"), good.replace("1c", "1.2c"), good.replace("1c,2d", "1c,2d,3c"),
        good.replace("4,", "4.5,"), good.replace("4,", "-1,"), good.replace("4,", "13,"),
        good.replace("4,", "x,"), good + ",1,1,1,1,1", good + "&restart=8", good + "&restart=-1",
        good + "&lost=9", good + "&slow=2.5", good + "&other=1", good + "&a=1", good + "&toString=1",
        good.replace("1c", "c"), good + "&slow=", good + "&restart=1e0",
    ]) {
        assert.equal(read(bad), null, bad);
    }
});

test("prepared scripts have a value or nothing in each column", () => {
    for (const { a, b } of [FIRST, ...Object.values(SCRIPTS)]) {
        assert.deepEqual([a.length, b.length], [COLUMNS, COLUMNS]);
    }
});
