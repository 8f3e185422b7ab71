// For authors: serves the book, and rebuilds it when a source changes.
// Reload the page to see the change.
import { execFileSync } from "node:child_process";
import { watch } from "node:fs";
import { fileURLToPath } from "node:url";
import { serve } from "./server.mjs";

const docs = fileURLToPath(new URL("..", import.meta.url));
const book = fileURLToPath(new URL("../../target/book", import.meta.url));

function build() {
    try {
        execFileSync("just", ["book"], { cwd: docs, stdio: "inherit" });
    } catch {
        console.error("The book failed to build; fix the page and save it.");
    }
}

build();
const { address } = await serve(book, 3000);
console.log(`${address} - Ctrl-C to stop`);

let soon;
for (const sources of ["en", "pt-BR", "theme"]) {
    watch(docs + sources, { recursive: true }, () => {
        clearTimeout(soon);
        soon = setTimeout(build, 200);
    });
}
