// Builds static/dist from static/src and the npm packages: style sheets, scripts, fonts, icons.
// Called by `npm run build` and by the launcher; watches nothing, knows no address.

import { spawn } from "node:child_process";
import { copyFile, mkdir, readFile, readdir, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "static/src");
const target = join(root, "static/dist");
const modules = join(root, "node_modules");

const COPIES = {
  "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2": "fonts/figtree-latin-wght-normal.woff2",
  "@fontsource-variable/figtree/files/figtree-latin-ext-wght-normal.woff2":
    "fonts/figtree-latin-ext-wght-normal.woff2",
  "htmx.org/dist/htmx.min.js": "htmx.js",
  "uplot/dist/uPlot.min.css": "uplot.css",
};

async function styleSheets() {
  const names = (await readdir(source)).filter((name) => name.endsWith(".css")).sort();
  for (const name of names) {
    const text = await readFile(join(source, name), "utf8");
    // What does not import Tailwind itself is a part of the others.
    if (/^@import "tailwindcss"/m.test(text)) await tailwind(name);
  }
}

function tailwind(name) {
  const cli = join(modules, "@tailwindcss/cli/dist/index.mjs");
  const args = [cli, "--input", join(source, name), "--output", join(target, name), "--minify"];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${name}: Tailwind ended with ${code}`))));
  });
}

async function scripts() {
  const folder = join(source, "js");
  if (!existsSync(folder)) return;
  const entryPoints = (await readdir(folder)).filter((name) => name.endsWith(".js")).map((name) => join(folder, name));
  // A style sheet imported by a script would overwrite the page's own of the same name.
  const loader = { ".css": "empty" };
  await build({
    entryPoints,
    outdir: target,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    chunkNames: "chunks/[name]-[hash]",
    legalComments: "inline",
    logLevel: "warning",
    loader,
  });
}

async function icons() {
  const list = join(source, "icons.txt");
  if (!existsSync(list)) return;
  await mkdir(join(target, "icons"), { recursive: true });
  const lines = (await readFile(list, "utf8")).split("\n").map((line) => line.replace(/#.*/, "").trim());
  for (const name of lines.filter(Boolean)) {
    await copyFile(join(modules, "lucide-static/icons", `${name}.svg`), join(target, "icons", `${name}.svg`));
  }
}

async function copies() {
  for (const [from, to] of Object.entries(COPIES)) {
    await mkdir(dirname(join(target, to)), { recursive: true });
    await copyFile(join(modules, from), join(target, to));
  }
}

await mkdir(target, { recursive: true });
for (const folder of ["chunks", "icons"]) await rm(join(target, folder), { recursive: true, force: true });
await Promise.all([copies(), icons(), scripts()]);
await styleSheets();
