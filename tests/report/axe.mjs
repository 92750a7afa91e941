// Looks at pages with axe-core in a real Chromium, in light and dark and as wide as a phone: prints what it finds.
// usage: node axe.mjs CHROMIUM NODE_MODULES PAGE…
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [chromium, modules, ...pages] = process.argv.slice(2);
const require = createRequire(modules + "/");
const puppeteer = require("puppeteer-core");
const axe = require("axe-core").source;

const WAYS = [
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 1280 },
  { scheme: "light", width: 390 },
];

const browser = await puppeteer.launch({
  executablePath: chromium,
  args: ["--no-sandbox", "--disable-gpu"],
  protocolTimeout: 600_000,
});
let found = 0;
for (const page of pages) {
  for (const { scheme, width } of WAYS) {
    const tab = await browser.newPage();
    await tab.setViewport({ width, height: 900 });
    await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await tab.goto(pathToFileURL(page).href, { timeout: 120_000 });
    await tab.evaluate(axe);
    const result = await tab.evaluate("axe.run(document, { resultTypes: ['violations'] })");
    for (const { id, help, nodes } of result.violations) {
      found += 1;
      console.log(`${page} (${scheme}, ${width}): ${id}: ${help}`);
      for (const node of nodes.slice(0, 3)) console.log(`  ${node.html.slice(0, 300)}\n  ${node.failureSummary}`);
    }
    if (result.passes.length === 0) throw new Error(`${page}: nothing was looked at`);
    await tab.close();
  }
}
await browser.close();
console.log(`${pages.length} pages, ${found} violations`);
process.exit(found === 0 ? 0 : 1);
