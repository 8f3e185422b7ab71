// A static file server, reachable from this machine only.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const types = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
};

/** Serves the files in `root` on a free port, or on `port`. */
export async function serve(root, port = 0) {
    const server = createServer(async (request, response) => {
        try {
            let path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
            if (path.endsWith("/")) path += "index.html";
            const content = await readFile(join(root, normalize(path)));
            response.setHeader("Content-Type", types[extname(path)] ?? "text/plain; charset=utf-8");
            response.end(content);
        } catch {
            response.statusCode = 404;
            response.end("not found");
        }
    });
    await new Promise((listening, failed) =>
        server.once("error", failed).listen(port, "127.0.0.1", listening));
    return { server, address: `http://127.0.0.1:${server.address().port}/` };
}
