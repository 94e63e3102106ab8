import { servicesOf } from "$lib/server/database.js";

export async function load({ locals, url }) {
  const { rows, more } = await servicesOf(locals.viewer.tenant);
  const query = Object.fromEntries(url.searchParams);
  return { rows, more, query };
}
