import adapter from "@sveltejs/adapter-node";

/** As the adapter's documentation sets it up; `.br` and `.gz` beside every asset, as our release has them. */
export default {
  kit: {
    adapter: adapter({ precompress: true }),
  },
};
