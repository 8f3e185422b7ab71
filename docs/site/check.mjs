// Checks the built book in a real browser, as readers will see it.
//
//     node check.mjs [--screenshots]
//
// The last line is `N passed, M failed`; the exit status is 1 if any failed.
import { access, mkdir, readdir } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import axe from "axe-core";
import { chromium } from "playwright-core";
import "../theme/reader-lab.js";
import { serve } from "./server.mjs";

const book = fileURLToPath(new URL("../../target/book/", import.meta.url));
const pictures = fileURLToPath(new URL("../../target/book-screenshots/", import.meta.url));
const { screenshots } = parseArgs({ options: { screenshots: { type: "boolean" } } }).values;

const languages = ["en", "pt-BR"];
const themes = { light: "light", dark: "coal" };
const widths = [1280, 390];

let passed = 0;
let failed = 0;

/** Runs one check: `look` returns a list of problems, empty if all is well. */
async function check(name, look) {
    let wrong;
    try {
        wrong = await look();
    } catch (error) {
        wrong = [error.message.split("\n")[0]];
    }
    if (wrong.length === 0) {
        passed += 1;
    } else {
        failed += 1;
        console.log(`FAILED ${name}`);
        for (const line of new Set(wrong)) console.log(`    ${line}`);
    }
}

const same = (what, found, wanted) =>
    found === wanted ? [] : [`${what} is ${found}, but should be ${wanted}`];

/** Opens a page in its own browser context, with a list of everything that goes wrong. */
async function open(browser, home, options, use) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    context.setDefaultTimeout(30_000);
    // The print page opens the print dialog.
    await context.addInitScript(() => { window.print = () => {}; });
    const wrong = [];
    const report = what => wrong.push(what);
    context.on("console", message =>
        ["error", "warning"].includes(message.type()) && report(`console: ${message.text()}`));
    context.on("weberror", error => report(`script: ${error.error().message}`));
    context.on("requestfailed", request =>
        // Leaving a page aborts whatever it is still loading.
        request.failure().errorText !== "net::ERR_ABORTED" && report(`failed: ${request.url()}`));
    context.on("response", response =>
        response.status() >= 400 && report(`${response.status()}: ${response.url()}`));
    context.on("request", request =>
        /^(data|blob):/.test(request.url()) || request.url().startsWith(home)
            || report(`external request: ${request.url()}`));
    try {
        return await use(await context.newPage(), wrong);
    } finally {
        await context.close();
    }
}

/** The violations that axe-core rates serious or critical. */
async function barriers(page) {
    await page.evaluate(axe.source);
    // `preload` would fetch the style sheets again, which a page on disk may not do.
    const options = { preload: false, resultTypes: ["violations"] };
    const { violations } = await page.evaluate(options => axe.run(options), options);
    return violations
        .filter(({ impact }) => ["serious", "critical"].includes(impact))
        .map(({ id, nodes: [{ target, any }, ...more] }) =>
            `${id}: ${target.join(" ")} and ${more.length} more. ${any[0]?.message ?? ""}`);
}

/** Everything that extends past the right edge, except inside boxes that scroll on their own. */
const tooWide = page => page.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    const name = element => `${element.localName}.${element.className} «${element.textContent.trim().slice(0, 40)}»`;
    return [...document.querySelectorAll("body *")]
        .filter(element => element.checkVisibility()
            && element.getBoundingClientRect().right > edge + 1
            && !element.parentElement.closest("pre > code, .table-wrapper"))
        .map(element => `extends past ${edge} px: ${name(element)}`)
        .concat(document.documentElement.scrollWidth > edge ? ["the page scrolls sideways"] : []);
});

/** On a wide screen, every block of code that scrolls sideways. */
const wideCode = page => page.evaluate(() => document.documentElement.clientWidth < 1280 ? []
    : [...document.querySelectorAll("pre > code")]
        .filter(code => code.scrollWidth > code.clientWidth)
        .map(code => `code scrolls sideways: «${code.textContent.trim().slice(0, 40)}»`));

/** The page's links and link targets. */
const anchors = page => page.evaluate(() => ({
    ids: [...document.querySelectorAll("[id], a[name]")].map(element => element.id || element.name),
    links: [...document.querySelectorAll("[href], [src]")]
        .filter(element => element instanceof HTMLElement)
        .map(element => element.src || element.href),
}));

async function everyPage(browser, home, names) {
    const found = new Map();
    for (const [theme, className] of Object.entries(themes)) {
        for (const width of widths) {
            const options = { colorScheme: theme, viewport: { width, height: 900 } };
            await open(browser, home, options, async (page, wrong) => {
                for (const name of names) {
                    await check(`${name}, ${theme}, ${width} px`, async () => {
                        wrong.length = 0;
                        await page.goto(home + name, { waitUntil: "load" });
                        if (screenshots) {
                            const path = `${pictures}${name.replace(".html", "").replace("/", "-")}-${theme}-${width}.png`;
                            await page.screenshot({ path, fullPage: !name.includes("print") });
                        }
                        found.set(name, await anchors(page));
                        const html = await page.getAttribute("html", "class");
                        return [
                            ...same("the theme", html.split(" ").includes(className), true),
                            ...await tooWide(page),
                            ...await wideCode(page),
                            ...await barriers(page),
                            ...wrong,
                        ];
                    });
                }
            });
        }
    }
    return found;
}

async function links(home, found) {
    for (const [name, { links }] of found) {
        await check(`links of ${name}`, async () => {
            const broken = [];
            for (const link of links.filter(link => link.startsWith(home))) {
                const { pathname, hash } = new URL(link);
                const file = decodeURIComponent(pathname.slice(1));
                const there = await access(book + file).then(() => true, () => false);
                const target = decodeURIComponent(hash.slice(1));
                const isTarget = found.get(file)?.ids.includes(target)
                    || /\/(reader-lab|print)\.html$/.test(file) && readerLab.read(target);
                if (!there || target && !isTarget) broken.push(link);
            }
            return broken.map(link => `leads nowhere: ${link.slice(home.length)}`);
        });
    }
}

async function languageSwitch(browser, home, names) {
    for (const javaScriptEnabled of [true, false]) {
        await open(browser, home, { javaScriptEnabled }, async (page, wrong) => {
            for (const name of names) {
                const [from, file] = name.split("/");
                const to = languages.find(language => language !== from);
                const how = javaScriptEnabled ? "" : ", without scripts";
                await check(`language switch of ${name}${how}`, async () => {
                    wrong.length = 0;
                    await page.goto(home + name);
                    const link = page.locator(`a.language[hreflang="${to}"]`);
                    await link.focus();
                    await Promise.all([page.waitForURL(url => !url.href.endsWith(name)), link.press("Enter")]);
                    return [
                        ...same("the page", page.url(), `${home}${to}/${file}`),
                        ...same("its language", await page.getAttribute("html", "lang"), to),
                        ...wrong,
                    ];
                });
            }
        });
    }
}

/** Searches as a reader would, and follows the first result. */
async function search(page, word) {
    await page.keyboard.press("/");
    await page.locator("#mdbook-searchbar").pressSequentially(word);
    const first = page.locator("#mdbook-searchresults a").first();
    await first.waitFor();
    const open = await barriers(page);
    await first.click();
    await page.waitForURL(/highlight=/);
    const marked = await page.locator("main mark").count();
    return [...open, ...(marked > 0 ? [] : [`${page.url()} does not mark ${word}`])];
}

async function searches(browser, home) {
    const words = {
        en: ["collection", "atividade"],
        // With and without accents; at the start, middle and end of the word.
        "pt-BR": ["exportação", "exportacao", "última", "ultima", "está", "esta", "atividade"],
    };
    for (const language of languages) {
        for (const theme of Object.keys(themes)) {
            for (const word of words[language]) {
                await check(`search for ${word} in ${language}, ${theme}`, () =>
                    open(browser, home, { colorScheme: theme }, async (page, wrong) => {
                        await page.goto(`${home}${language}/index.html`);
                        return [...await search(page, word), ...wrong];
                    }));
            }
        }
        await check(`search for nothing in ${language}`, () =>
            open(browser, home, {}, async page => {
                await page.goto(`${home}${language}/index.html`);
                await page.keyboard.press("/");
                await page.locator("#mdbook-searchbar").pressSequentially("xyzzy");
                const answer = page.locator("#mdbook-searchresults-header");
                await answer.filter({ hasText: "xyzzy" }).waitFor();
                const wanted = language === "en" ? "No search results for 'xyzzy'." : "Nenhum resultado para 'xyzzy'.";
                return same("the answer", await answer.textContent(), wanted);
            }));
    }
}

async function choices(browser, home) {
    for (const language of languages) {
        await check(`dark theme chosen in ${language}`, () =>
            open(browser, home, {}, async (page, wrong) => {
                await page.goto(`${home}${language}/index.html`);
                await page.locator("#mdbook-theme-toggle").press("Enter");
                const open = await barriers(page);
                await page.locator("#mdbook-theme-coal").press("Enter");
                await page.locator(".next:visible").click();
                await page.locator("html.coal").waitFor();
                return [...open, ...wrong];
            }));
        await check(`contents on a phone in ${language}`, () =>
            open(browser, home, { viewport: { width: 390, height: 800 } }, async (page, wrong) => {
                await page.goto(`${home}${language}/index.html`);
                await page.keyboard.press("Tab");
                await page.keyboard.press("Space");
                await page.locator("#mdbook-sidebar .active").waitFor();
                return [...await barriers(page), ...wrong];
            }));
    }
}

async function fromDisk(browser) {
    const home = pathToFileURL(book).href;
    for (const [locale, language] of [["pt-PT", "pt-BR"], ["pt-BR", "pt-BR"], ["en-US", "en"], ["fr-FR", "en"]]) {
        await check(`opened from disk by a reader of ${locale}`, () =>
            open(browser, home, { locale }, async (page, wrong) => {
                await page.goto(`${home}index.html`);
                await page.waitForURL(`${home}${language}/index.html`);
                const found = await search(page, language === "en" ? "collection" : "exportação");
                await page.locator("a.language").click();
                await page.waitForURL(url => !url.href.includes(`/${language}/`));
                return [...found, ...wrong];
            }));
    }
}

// A state of the reader lab that has all there is: values that fall under
// delta, a gap, two sets, a lost document, a restart and a slow callback.
const LAB = "kind=u64_observable_counter&readers=1d,2c&a=1,4,2,,5,6,7,8&b=3,3&restart=5&lost=2&slow=0.5";

const state = page => page.evaluate(() => location.hash);

/** The numbers in the lab's table, which are the same in both languages. */
const labTable = async page =>
    (await page.locator(".reader-lab tbody").innerText()).match(/\d+/g).join(" ");

/** Moves the focus from one element to the next, as a reader without a mouse. */
async function tabTo(page, selector) {
    for (let presses = 0; presses < 100; presses += 1) {
        await page.keyboard.press("Tab");
        if (await page.evaluate(selector => document.activeElement.matches(selector), selector)) return;
    }
    throw new Error(`Tab does not reach ${selector}`);
}

async function lab(browser, address) {
    const disk = pathToFileURL(book).href;
    const first = readerLab.write(readerLab.FIRST);
    for (const language of languages) {
        const other = languages.find(other => other !== language);
        const name = `${language}/reader-lab.html`;
        await check(`reader lab by keyboard, from disk and offline, in ${language}`, () =>
            open(browser, disk, { offline: true }, async (page, wrong) => {
                await page.goto(disk + name);
                const before = await labTable(page);
                await tabTo(page, ".reader-lab select");
                // The first prepared script.
                await page.keyboard.press("ArrowDown");
                const scripted = await labTable(page);
                await tabTo(page, ".reader-lab input");
                await page.keyboard.press("End");
                await page.keyboard.press("ArrowDown");
                const dragged = await labTable(page);
                const hash = await state(page);
                await page.locator("a.language").press("Enter");
                await page.waitForURL(`${disk}${other}/reader-lab.html${hash}`);
                return [
                    ...(new Set([before, scripted, dragged]).size === 3 ? [] : ["the table does not change"]),
                    ...same("the state", hash, `#${first.replace(/a=[^&]+/, "a=11,2,2,2,2,2,2,2")}`),
                    ...same("the table in the other language", await labTable(page), dragged),
                    ...wrong,
                ];
            }));
        await check(`reader lab by touch in ${language}`, () =>
            open(browser, address, { viewport: { width: 390, height: 800 }, hasTouch: true }, async (page, wrong) => {
                await page.goto(address + name);
                const slider = page.locator(".reader-lab input").first();
                await slider.scrollIntoViewIfNeeded();
                const { x, y, width, height } = await slider.boundingBox();
                const touches = await page.context().newCDPSession(page);
                for (const [type, at] of [["touchStart", height / 2], ["touchMove", height / 4], ["touchMove", 1], ["touchEnd"]]) {
                    const touchPoints = at === undefined ? [] : [{ x: x + width / 2, y: y + at }];
                    await touches.send("Input.dispatchTouchEvent", { type, touchPoints });
                }
                return [
                    ...same("the state", await state(page), `#${first.replace("a=4", "a=12")}`),
                    ...wrong,
                ];
            }));
        for (const [theme, width] of [["light", 1200], ["dark", 390]]) {
            await check(`reader lab with everything in ${language}, ${theme}, ${width} px`, () =>
                open(browser, address, { colorScheme: theme, viewport: { width, height: 800 } }, async (page, wrong) => {
                    await page.goto(`${address}${name}#${LAB}`);
                    if (screenshots) {
                        const path = `${pictures}${language}-reader-lab-everything-${theme}-${width}.png`;
                        await page.screenshot({ path, fullPage: true });
                    }
                    const said = await page.locator(".reader-lab").textContent();
                    return [
                        ...(said.includes("18446744073709551614") ? [] : ["the huge number is missing"]),
                        ...await tooWide(page), ...await barriers(page), ...wrong,
                    ];
                }));
        }
        await check(`reader lab at a bad address, and printed, in ${language}`, () =>
            open(browser, address, {}, async (page, wrong) => {
                const alarm = page.locator(".reader-lab .alarm");
                await page.goto(`${address}${name}#${LAB}`);
                const all = await labTable(page);
                await page.emulateMedia({ media: "print" });
                await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
                const printed = await labTable(page);
                const knobs = await page.locator(".reader-lab form").isVisible();
                await page.evaluate(() => dispatchEvent(new Event("afterprint")));
                const after = await labTable(page);
                const silent = await alarm.textContent();
                await page.locator('main a[href^="reader-lab.html#"]').first().press("Enter");
                await page.locator(".reader-lab:focus").waitFor();
                await page.goto(`${address}${name}#${LAB}%`);
                return [
                    ...same("the table after printing", after, all),
                    ...same("that knobs are printed", knobs, false),
                    ...same("the alarm at a good address", silent, ""),
                    ...((await alarm.textContent()).length > 0 ? [] : ["nothing says that the address is bad"]),
                    ...same("the table at a bad address", await labTable(page), printed),
                    ...wrong,
                ];
            }));
        await check(`reader lab without scripts in ${language}`, () =>
            open(browser, address, { javaScriptEnabled: false }, async page => {
                await page.goto(address + name);
                const recorded = page.locator('.reader-lab a[href$=".svg"]:visible');
                return same("the links to recorded pictures", await recorded.count(), 2);
            }));
    }
}

const timer = setTimeout(() => {
    console.log(`The check took longer than 15 minutes.\n${passed} passed, ${failed + 1} failed`);
    process.exit(1);
}, 900_000);

const { server, address } = await serve(book);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium" });
try {
    const names = [];
    for (const language of languages) {
        const files = await readdir(book + language);
        names.push(...files.filter(file => file.endsWith(".html") && file !== "toc.html").map(file => `${language}/${file}`));
    }
    if (screenshots) await mkdir(pictures, { recursive: true });
    const found = await everyPage(browser, address, names);
    await links(address, found);
    await languageSwitch(browser, address, names);
    await searches(browser, address);
    await choices(browser, address);
    await fromDisk(browser);
    await lab(browser, address);
} finally {
    clearTimeout(timer);
    await browser.close();
    server.close();
}
if (passed === 0) failed += 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
