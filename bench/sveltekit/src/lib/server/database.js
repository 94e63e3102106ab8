// The same PostgreSQL that the product serves from, read the way that its driver's documentation shows. The rows are the
// product's own, copied by the bench into tables without row-level security: what the product does for isolation counts
// as the product's cost here, not as SvelteKit's.
import { createHash } from "node:crypto";
import postgres from "postgres";

/** As many connections as the load has. */
const POOL = 16;

/** Rows of one page, and one more to know whether there is another. */
const ROWS = 50;

const sql = postgres(process.env.DATABASE_URL, { max: POOL });

/** The person behind a session, with their organisation; none when there is no such session. */
export async function viewerOf(token) {
  if (!token) {
    return undefined;
  }
  const hash = createHash("sha256").update(token).digest();
  const [viewer] = await sql`
    SELECT s.tenant_id AS tenant, s.person_name AS name, s.email, s.organisation, s.role
      FROM bench.sessions s
     WHERE s.token_hash = ${hash}
       AND s.expires_at > now()`;
  return viewer;
}

/** The newest services of an organisation. */
export async function servicesOf(tenant) {
  const rows = await sql`
    SELECT id, name, state, percent, drifts, offering_name AS offering, plan_name AS plan, created_at AS created
      FROM bench.services
     WHERE tenant_id = ${tenant}
     ORDER BY created_at DESC, id DESC
     LIMIT ${ROWS + 1}`;
  return { rows: rows.slice(0, ROWS), more: rows.length > ROWS };
}
