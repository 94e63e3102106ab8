// How the browser tests run. `cargo xtask test --browser` calls Playwright with this and says, in E2E_* variables, which
// server, site and Chromium to use.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  outputDir: "results/traces",
  globalSetup: "./harness/setup.ts",
  // One server with one clock that tests move: side by side they would move it under each other.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // Some tests hold the product to seconds of real time, which a crowded machine can miss. What passes only the second
  // time is named as flaky in the output.
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json"]],
  use: {
    baseURL: process.env.E2E_URL,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Asia/Jakarta",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.E2E_CHROMIUM,
      // What lets Chromium live in a closed network and as root in a container.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "browser", testIgnore: "release.spec.ts" },
    { name: "release", testMatch: "release.spec.ts" },
  ],
});
