// Who asks, from the session's cookie, before each page: one statement, as the product's own door has it.
import { redirect } from "@sveltejs/kit";
import { viewerOf } from "$lib/server/database.js";

export async function handle({ event, resolve }) {
  const viewer = await viewerOf(event.cookies.get("session"));
  if (!viewer) {
    redirect(303, "/sign-in");
  }
  event.locals.viewer = viewer;
  return resolve(event);
}
