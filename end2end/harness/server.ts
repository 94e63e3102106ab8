// Starts `service-hub serve` as a person would, and waits until it says that it is ready.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** The first start makes a database cluster and migrates it. */
const READY_WITHIN_MS = 120_000;

/** The server finishes requests and stops its database before it ends. */
const ENDS_WITHIN_MS = 30_000;

type Start = { dataFolder: string; logFile: string; smtpUrl: string };

export async function startServer({ dataFolder, logFile, smtpUrl }: Start) {
  const binary = process.env.E2E_SERVER;
  if (!binary) {
    throw new Error("E2E_SERVER names no server; run the browser tests by `cargo xtask test --browser`");
  }
  const address = `127.0.0.1:${await freePort()}`;
  const log = openSync(logFile, "w");
  const child = spawn(binary, ["serve", "--empty"], {
    cwd: ROOT,
    stdio: ["ignore", log, log],
    env: {
      ...withoutOwnSettings(),
      HUB_ADDR: address,
      HUB_DATA: dataFolder,
      HUB_SITE: process.env.E2E_SITE ?? path.join(ROOT, "site"),
      HUB_SMTP_URL: smtpUrl,
      HUB_CLOCK: process.env.E2E_CLOCK ?? "simulated",
      HUB_LOG: process.env.E2E_LOG ?? "info",
    },
  });
  closeSync(log);
  const dieWithTests = () => child.kill("SIGKILL");
  process.once("exit", dieWithTests);
  const url = `http://${address}`;
  try {
    await ready(url, child);
  } catch (error) {
    await stop(child);
    throw new Error(`${(error as Error).message}\n${lastLines(logFile)}`);
  }
  return {
    url,
    stop: async () => {
      await stop(child);
      process.removeListener("exit", dieWithTests);
    },
  };
}

/** The person's own HUB_* and DATABASE_URL must not reach the server under test, but for the place of PostgreSQL. */
function withoutOwnSettings(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => (!name.startsWith("HUB_") || name === "HUB_POSTGRES_BIN") && !name.startsWith("E2E_") && name !== "DATABASE_URL",
  );
  return Object.fromEntries(kept);
}

async function ready(url: string, child: ChildProcess) {
  let failed: string | undefined;
  child.once("error", (error) => (failed = `the server could not be started: ${error.message}`));
  child.once("exit", (code, signal) => (failed = `the server ended before it was ready (${signal ?? `code ${code}`})`));
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (failed) {
      throw new Error(failed);
    }
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server was not ready within ${READY_WITHIN_MS / 1000} seconds`);
}

async function stop(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return;
  }
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), ENDS_WITHIN_MS);
  await ended;
  clearTimeout(patience);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

function lastLines(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-30).join("\n");
}
