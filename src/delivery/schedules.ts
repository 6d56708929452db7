const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** How long Scalekit gives a handler for its answer, in milliseconds ("respond within 10 seconds", webhooks best practices). */
export const WEBHOOK_TIMEOUT = 10 * second;

/** After this Scalekit goes on without an interceptor's answer, in milliseconds ("3 to 5 s", auth flow interceptors). */
export const INTERCEPTOR_TIMEOUT = 5 * second;

/** The waits between attempts, in milliseconds, as Scalekit's documents give them; the first attempt is made at once. */
export const schedules = {
  /** The webhooks overview and implement-webhooks: 6 attempts. */
  overview: [5 * second, 30 * second, 2 * minute, 5 * minute, 15 * minute],
  /** The dashboard's logs page: 4 attempts. */
  dashboard: [minute, 5 * minute, 15 * minute],
  /** The SCIM quickstart, which is also Svix's own: 8 attempts. */
  scim: [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour],
} as const;

export type ScheduleName = keyof typeof schedules;
