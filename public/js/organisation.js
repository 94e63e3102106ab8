// Says with each call of a server function for which organisation the page was drawn: another tab may have switched since,
// and the server then refuses. Forms that the browser itself sends say so in a field.

const HEADER = "hub-organisation";
const CALLS = "/call/";

/** Stands on the frame of an organisation's pages. */
const drawnFor = () => document.querySelector(".shell[data-organisation]")?.dataset.organisation;

const plain = window.fetch;

window.fetch = function (asked, ...rest) {
  const organisation = drawnFor();
  if (organisation && asked instanceof Request && new URL(asked.url).pathname.startsWith(CALLS)) asked.headers.set(HEADER, organisation);
  return plain.call(window, asked, ...rest);
};
