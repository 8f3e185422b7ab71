// The page of the reader lab: knobs, a time line and a table. It computes
// nothing: see `reader-lab.js`.
"use strict";

document.querySelectorAll(".reader-lab").forEach(page => {
    const { SECOND, SETS, COLUMNS, KINDS, TEMPORALITIES, INTERVALS, PAUSES, FIRST, SCRIPTS } = readerLab;

    const language = document.documentElement.lang;
    const words = {
        en: {
            knobs: "What happens", script: "Prepared script", own: "your own",
            scripts: { steady: "steady", burst: "burst", falls: "falls", missing: "missing once", restart: "restart" },
            kind: "Instrument",
            kinds: [
                "counter (u64)", "up-down counter (i64)", "histogram (f64)", "gauge (f64)", "observable counter (u64)",
                "observable counter (f64)", "observable up-down counter (i64)", "observable gauge (f64)",
            ],
            restart: "Crash and restart", lost: "Lost, of each reader", slow: "The callback takes",
            never: "never", none: "none", noTime: "no time", nth: n => `document ${n}`, after: t => `at ${t}`,
            reader: n => `Reader ${n}`, interval: "Interval", temporality: "Asks for", noReader: "no such reader",
            first: "Back to the first state",
            measures: set => `The program measures, set ${set}`, observes: set => `The callback observes, set ${set}`,
            at: t => `at ${t}`, from: t => `from ${t}`, nothing: "nothing",
            exports: { changes: "exports changes", totals: "exports totals", values: "exports values" },
            documents: (all, lost) => `${all} documents${lost ? `, ${lost} of them lost` : ""}.`,
            table: "The documents, in order of time",
            time: "time", readerColumn: "reader: number", start: "start", set: set => `set ${set}`,
            wasLost: value => `lost: ${value}`, noDocument: "no document: nothing to export",
            count: "count", sum: "sum", shutdown: "shutdown",
            around: "An unsigned total fell under delta. A release build exports the huge number; a debug build panics in this collection, and the reader exports nothing more.",
            bad: "The address does not describe a state of the lab. This is the first one.",
        },
        "pt-BR": {
            knobs: "O que acontece", script: "Roteiro pronto", own: "o seu",
            scripts: { steady: "constante", burst: "rajada", falls: "cai", missing: "falta uma vez", restart: "reinício" },
            kind: "Instrumento",
            kinds: [
                "contador (u64)", "contador bidirecional (i64)", "histograma (f64)", "gauge (f64)", "contador observável (u64)",
                "contador observável (f64)", "contador bidirecional observável (i64)", "gauge observável (f64)",
            ],
            restart: "Queda e reinício", lost: "Perdido, de cada leitor", slow: "O callback leva",
            never: "nunca", none: "nenhum", noTime: "tempo nenhum", nth: n => `documento ${n}`, after: t => `aos ${t}`,
            reader: n => `Leitor ${n}`, interval: "Intervalo", temporality: "Pede", noReader: "sem este leitor",
            first: "Voltar ao primeiro estado",
            measures: set => `O programa mede, conjunto ${set}`, observes: set => `O callback observa, conjunto ${set}`,
            at: t => `aos ${t}`, from: t => `a partir de ${t}`, nothing: "nada",
            exports: { changes: "exporta mudanças", totals: "exporta totais", values: "exporta valores" },
            documents: (all, lost) => `${all} documentos${lost ? `, ${lost} deles perdidos` : ""}.`,
            table: "Os documentos, por ordem de tempo",
            time: "tempo", readerColumn: "leitor: número", start: "início", set: set => `conjunto ${set}`,
            wasLost: value => `perdido: ${value}`, noDocument: "sem documento: nada a exportar",
            count: "count", sum: "sum", shutdown: "fim",
            around: "Um total sem sinal caiu na delta. Um build de release exporta o número enorme; um build de debug entra em pânico nesta coleta, e o leitor não exporta mais nada.",
            bad: "O endereço não descreve um estado do laboratório. Este é o primeiro.",
        },
    }[language];

    let lab = FIRST;

    const make = (name, attributes = {}, ...children) => {
        const element = document.createElement(name);
        Object.assign(element, attributes);
        element.append(...children);
        return element;
    };
    const seconds = time => `${(time / SECOND).toLocaleString(language)}\u00a0s`;

    // ---- Knobs ------------------------------------------------------------

    /** Functions that give each knob its value from a lab. */
    const knobs = [];

    /** A labelled list; `choose` returns what a choice changes of the lab. */
    function select(label, options, current, choose) {
        const list = make("select", {}, ...options.map(([value, text]) => make("option", { value }, text)));
        list.addEventListener("change", () => change(choose(list.value)));
        knobs.push(lab => { list.value = current(lab); });
        return make("label", {}, label, list);
    }

    const numbered = (numbers, text) => numbers.map(number => [number, text(number)]);
    const upTo = number => Array.from({ length: number }, (_, index) => index + 1);
    const intervals = numbered(INTERVALS, seconds);

    /** Changes one of the readers, and adds or removes the second. */
    function withReader(index, changes) {
        const readers = [...lab.readers];
        readers[index] = { ...(readers[index] ?? { interval: SECOND, temporality: "delta" }), ...changes };
        return { readers: changes.interval === 0 ? readers.slice(0, index) : readers };
    }

    const readerKnobs = index => make("fieldset", {},
        make("legend", { className: `reader-${index}` }, words.reader(index + 1)),
        select(words.interval, index === 0 ? intervals : [[0, words.noReader], ...intervals],
            lab => lab.readers[index]?.interval ?? 0, value => withReader(index, { interval: Number(value) })),
        select(words.temporality, TEMPORALITIES.map(name => [name, name]),
            lab => lab.readers[index]?.temporality ?? "delta", temporality => withReader(index, { temporality })));

    /** The prepared script that a lab follows, or "". */
    const scriptOf = lab => Object.keys(SCRIPTS).find(name =>
        Object.entries(SCRIPTS[name]).every(([key, value]) => String(lab[key]) === String(value))) ?? "";

    const form = make("form", {},
        make("fieldset", {},
            make("legend", {}, words.knobs),
            select(words.script, [["", words.own], ...Object.entries(words.scripts)], scriptOf, name => SCRIPTS[name] ?? {}),
            select(words.restart, [[0, words.never], ...numbered(upTo(COLUMNS - 1), n => words.after(seconds(n * SECOND)))],
                lab => lab.restart, value => ({ restart: Number(value) })),
            select(words.kind, KINDS.map((kind, index) => [kind, words.kinds[index]]), lab => lab.kind, kind => ({ kind })),
            select(words.lost, [[0, words.none], ...numbered(upTo(COLUMNS), words.nth)],
                lab => lab.lost, value => ({ lost: Number(value) })),
            select(words.slow, numbered(PAUSES, pause => pause ? seconds(pause) : words.noTime),
                lab => lab.slow, value => ({ slow: Number(value) }))),
        readerKnobs(0), readerKnobs(1));

    const reset = make("button", { type: "button" }, words.first);
    reset.addEventListener("click", () => change(FIRST));

    // ---- The time line ----------------------------------------------------

    // Heights in pixels; places in time are per cent of the width.
    const HEIGHT = 96;
    const THUMB = 20;

    const time = column => column * SECOND + 3;
    const drawing = () => {
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        svg.setAttribute("aria-hidden", "true");
        return svg;
    };
    function draw(svg, name, className, attributes, text = "") {
        const shape = document.createElementNS(svg.namespaceURI, name);
        shape.setAttribute("class", className);
        for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
        shape.textContent = text;
        svg.append(shape);
    }

    /** A lane with a slider for each second; at its lowest, it stands for nothing. */
    function programLane(set) {
        const svg = drawing();
        const legend = make("legend", {});
        const sliders = upTo(COLUMNS).map((_, column) => {
            const slider = make("input", { type: "range", step: 1 });
            slider.addEventListener("input", () => {
                const values = [...lab[set]];
                values[column] = slider.value === slider.min ? null : Number(slider.value);
                lab = { ...lab, [set]: values };
                show(lab);
            });
            slider.addEventListener("change", () => change({}));
            return slider;
        });
        const element = make("fieldset", { className: "lane program" }, legend, make("div", {}, svg, ...sliders));
        return { set, svg, legend, sliders, element };
    }

    function showProgram({ set, svg, legend, sliders }, lab, place) {
        const [least, greatest] = readerLab.limits(lab.kind);
        const isObserved = readerLab.isObserved(lab.kind);
        const y = value => HEIGHT - THUMB / 2
            - (value - least + 1) / (greatest - least + 1) * (HEIGHT - THUMB);
        legend.textContent = isObserved ? words.observes(set) : words.measures(set);
        draw(svg, "line", "axis", { x1: 0, x2: "100%", y1: y(0), y2: y(0) });
        lab[set].forEach((value, column) => {
            const x = place(time(column));
            const slider = sliders[column];
            Object.assign(slider, { min: least - 1, max: greatest, value: value ?? least - 1 });
            slider.style.left = x;
            slider.classList.toggle("nothing", value === null);
            const at = seconds(time(column));
            slider.ariaLabel = `${legend.textContent}, ${isObserved ? words.from(at) : words.at(at)}`;
            slider.ariaValueText = value === null ? words.nothing : String(value);
            draw(svg, "text", "value", { x, y: HEIGHT + 14 }, value ?? "–");
            if (value === null) return;
            if (isObserved) {
                const to = column === COLUMNS - 1 ? "100%" : place(time(column + 1));
                draw(svg, "line", "held", { x1: x, x2: to, y1: y(value), y2: y(value) });
            } else {
                draw(svg, "line", "stem", { x1: x, x2: x, y1: y(0), y2: y(value) });
            }
        });
    }

    function readerLane(index) {
        const svg = drawing();
        const name = make("p", { className: `reader-${index}` });
        return { index, svg, name, element: make("div", { className: "lane" }, name, make("div", {}, svg)) };
    }

    function showReader({ index, svg, name, element }, lab, collections, place) {
        const reader = lab.readers[index];
        element.hidden = !reader;
        if (!reader) return;
        const { changes, totals, values } = words.exports;
        const gives = lab.kind.includes("gauge") ? values
            : readerLab.exportsChanges(lab.kind, reader.temporality) ? changes : totals;
        name.textContent = `${words.reader(index + 1)}: ${seconds(reader.interval)}, ${reader.temporality}, ${gives}`;
        draw(svg, "line", "axis", { x1: 0, x2: "100%", y1: 14, y2: 14 });
        for (const { at, started } of collections.filter(({ at, started }) => at > started)) {
            draw(svg, "line", "running", { x1: place(started), x2: place(at), y1: 14, y2: 14 });
        }
        for (const { at, number, lost, points } of collections) {
            const x = place(at);
            const look = `reader-${index} ${points.length === 0 ? "empty" : lost ? "lost" : ""}`;
            draw(svg, "circle", look, { cx: x, cy: 14, r: points.length === 0 ? 4 : 9 });
            if (points.length > 0) draw(svg, "text", `value ${lost ? "lost" : ""}`, { x, y: 18 }, number);
        }
    }

    // ---- The table --------------------------------------------------------

    const table = make("table", {});

    /** A number as a document has it: a float has a decimal. */
    const number = (value, isFloat) => isFloat && Number.isInteger(value) ? value.toFixed(1) : String(value);

    function valueOf(point, kind) {
        const isFloat = kind.startsWith("f64");
        return "count" in point
            ? `${words.count} ${point.count}, ${words.sum} ${number(point.sum, isFloat)}`
            : number(point.value, isFloat);
    }

    function showTable(lab, collections) {
        const sets = SETS.filter(set => set === "a" || collections.some(({ points }) => points.some(p => p.set === set)));
        const head = [words.time, words.readerColumn, ...sets.map(words.set), words.start];
        const rows = collections.map(({ at, reader, number, last, lost, points }) => {
            const cells = sets.map(set => {
                const point = points.find(point => point.set === set);
                const value = point ? valueOf(point, lab.kind) : "–";
                const className = typeof point?.value === "string" ? "huge" : "";
                return make("td", { className }, lost && point ? words.wasLost(value) : value);
            });
            const start = points[0]?.start;
            const answer = points.length === 0
                ? [make("td", { colSpan: sets.length + 1 }, words.noDocument)]
                : [...cells, make("td", {}, start === null ? "null" : seconds(start))];
            return make("tr", { className: `${lost ? "lost" : ""} ${points.length ? "" : "empty"}` },
                make("th", { scope: "row" }, seconds(at) + (last ? ` (${words.shutdown})` : "")),
                make("td", { className: `reader-${reader}` }, `${reader + 1}: ${number}`),
                ...answer);
        });
        table.replaceChildren(
            make("caption", {}, words.table),
            make("thead", {}, make("tr", {}, ...head.map(text => make("th", { scope: "col" }, text)))),
            make("tbody", {}, ...rows));
    }

    // ---- Together ---------------------------------------------------------

    const alarm = make("p", { className: "alarm" });
    alarm.role = "alert";
    const status = make("p", {});
    status.role = "status";
    const around = make("p", {}, words.around);
    const programs = SETS.map(programLane);
    const readers = [0, 1].map(readerLane);
    const axis = drawing();
    const lanes = [...programs, ...readers];

    function show(lab) {
        const collections = readerLab.run(lab);
        const end = Math.max(...collections.map(({ at }) => at)) + SECOND / 2;
        const place = time => `${(100 * time / end).toFixed(3)}%`;
        knobs.forEach(turn => turn(lab));
        for (const svg of [axis, ...lanes.map(lane => lane.svg)]) {
            svg.replaceChildren();
            const crash = place(lab.restart * SECOND);
            if (lab.restart) draw(svg, "line", "crash", { x1: crash, x2: crash, y1: 0, y2: "100%" });
        }
        programs.forEach(lane => showProgram(lane, lab, place));
        readers.forEach(lane =>
            showReader(lane, lab, collections.filter(({ reader }) => reader === lane.index), place));
        for (let second = 0; second * SECOND < end; second += 2) {
            draw(axis, "text", "value", { x: place(second * SECOND), y: 14 }, seconds(second * SECOND));
        }
        showTable(lab, collections);
        const documents = collections.filter(({ points }) => points.length > 0);
        status.textContent = words.documents(documents.length, documents.filter(({ lost }) => lost).length);
        around.hidden = !documents.some(({ points }) => points.some(({ value }) => typeof value === "string"));
    }

    const languageLink = document.querySelector("a.language");

    /** Changes the lab, and its address on this page and in the other language. */
    function change(changes) {
        lab = { ...lab, ...changes };
        const [least, greatest] = readerLab.limits(lab.kind);
        for (const set of SETS) {
            lab[set] = lab[set].map(value => value === null ? null : Math.min(Math.max(value, least), greatest));
        }
        alarm.textContent = "";
        history.replaceState(null, "", `#${readerLab.write(lab)}`);
        languageLink.hash = location.hash;
        show(lab);
    }

    /** Takes the lab from the address, unless that names a place on the page. */
    function open() {
        const fragment = location.hash.slice(1);
        const places = [...document.querySelectorAll("[id]")].map(({ id }) => encodeURI(id));
        const isPlace = fragment === "" || places.includes(fragment);
        const found = isPlace ? FIRST : readerLab.read(fragment);
        lab = found ?? FIRST;
        alarm.textContent = found ? "" : words.bad;
        languageLink.hash = isPlace || !found ? "" : fragment;
        show(lab);
    }

    page.replaceChildren(alarm, form, reset, status, ...lanes.map(lane => lane.element),
        make("div", { className: "lane axis" }, make("div", {}, axis)), around, table);
    page.tabIndex = -1;
    open();
    addEventListener("hashchange", () => {
        open();
        // A link on the page leads to the lab.
        if (readerLab.read(location.hash.slice(1))) page.focus();
    });
    // Paper shows the first state.
    addEventListener("beforeprint", () => show(FIRST));
    addEventListener("afterprint", () => show(lab));
});
