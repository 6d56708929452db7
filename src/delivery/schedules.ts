const [secondMs, minuteMs, hourMs] = [1000, 60_000, 3_600_000];

/** How long Scalekit waits for a handler's response, in ms (webhooks best practices: "respond within 10 seconds"). */
export const WEBHOOK_TIMEOUT = 10 * secondMs;

/** How long Scalekit waits for an interceptor's response, in ms (auth flow interceptors: "3 to 5 s"). */
export const INTERCEPTOR_TIMEOUT = 5 * secondMs;

/** The waits between attempts in Scalekit's docs, in ms. The first attempt is immediate. */
export const schedules = {
  /** Webhooks overview and implement-webhooks: 6 attempts. */
  overview: [5 * secondMs, 30 * secondMs, 2 * minuteMs, 5 * minuteMs, 15 * minuteMs],
  /** Dashboard logs page: 4 attempts. */
  dashboard: [minuteMs, 5 * minuteMs, 15 * minuteMs],
  /** SCIM quickstart, same as Svix's schedule: 8 attempts. */
  scim: [5 * secondMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 5 * hourMs, 10 * hourMs, 10 * hourMs],
} as const;
