// The release build: it serves what it built, to be kept for good, and does the main job.
import { expectState, orderDatabase, signUp, somebody } from "../harness/people";
import { expect, hydrated, test } from "../harness/test";

/** What a first visit may load, compressed, without charts: what it loads today and a little, so that it does not grow unseen.
 * The aim is lower; `cargo xtask bench` tells how far. */
const LARGEST_FIRST_LOAD = 650 * 1000;

test("the first page comes alive from small, lasting files", async ({ page }) => {
  const loaded: Promise<{ path: string; cache: string; encoding: string; size: number }>[] = [];
  page.on("requestfinished", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/pkg/")) {
      loaded.push(
        (async () => {
          const headers = (await request.response())!.headers();
          const { responseBodySize } = await request.sizes();
          return { path: pathname, cache: headers["cache-control"] ?? "", encoding: headers["content-encoding"] ?? "", size: responseBodySize };
        })(),
      );
    }
  });
  await page.goto("/");
  await hydrated(page);
  const files = await Promise.all(loaded);
  expect(files.map((file) => file.path.split(".").at(-1))).toEqual(expect.arrayContaining(["css", "js", "wasm"]));
  for (const file of files) {
    expect(file.cache, file.path).toContain("immutable");
    // A few hundred bytes gain nothing.
    expect(file.size < 1000 || file.encoding === "br", `${file.path} in brotli`).toBe(true);
    expect(file.path, "a hash in the name").toMatch(/\.[0-9a-f]{16}\.\w+$/);
  }
  const total = files.reduce((sum, file) => sum + file.size, 0);
  console.log(`first load: ${(total / 1000).toFixed(1)} kB compressed in ${files.length} files`);
  expect(total).toBeLessThan(LARGEST_FIRST_LOAD);
});

test("somebody signs up, orders a database and sees it run", async ({ page }) => {
  await signUp(page, somebody());
  await orderDatabase(page, { name: "Released" });
  await expectState(page, "running");
});
