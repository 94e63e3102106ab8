export function load({ locals }) {
  const { name, email, organisation, role } = locals.viewer;
  return { viewer: { name, email, organisation, role } };
}
