// What the interface says; the product has as much in its translations.
export const STATES = {
  creating: ["Being set up", "info"],
  running: ["Running", "good"],
  updating: ["Being changed", "info"],
  suspending: ["Being suspended", "warn"],
  suspended: ["Suspended", "warn"],
  resuming: ["Being resumed", "info"],
  deleting: ["Being deleted", "warn"],
  grace: ["Deleted, kept for now", "warn"],
  deleted: ["Deleted", "mute"],
  failed: ["Failed", "bad"],
};

export const KINDS = { postgresql: "Managed PostgreSQL", uptime: "Uptime monitoring" };

export const NAVIGATION = [
  {
    label: "Work",
    items: [
      { href: "/onboarding", label: "Get started", icon: "rocket", key: "o" },
      { href: "/services", label: "Services", icon: "boxes", key: "s" },
      { href: "/catalog", label: "Catalog", icon: "store", key: "c" },
      { href: "/monitoring", label: "Monitoring", icon: "activity", key: "m" },
    ],
  },
  { label: "Money", items: [{ href: "/billing", label: "Billing", icon: "receipt", key: "b" }] },
  {
    label: "Organisation",
    items: [
      { href: "/team", label: "Team", icon: "users", key: "t" },
      { href: "/settings", label: "Settings", icon: "settings", key: "e" },
      { href: "/settings/security", label: "Security", icon: "shield", key: "y" },
      { href: "/settings/api-keys", label: "API keys", icon: "key", key: "k" },
      { href: "/activity", label: "Activity", icon: "scroll", key: "a" },
    ],
  },
];

const WHEN = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

export const when = (date) => WHEN.format(date);
