import { list, text } from './field.ts';

/** `data` of the types on Scalekit's events page, which documents each with one example. */
export const eventsPage = {
  'user.authenticated': { userId: text, organizationId: text, email: text, method: text },
  'user.authentication_failed': { email: text, reason: text },
  'user.created': { userId: text, email: text, organizationId: text },
  'user.updated': { userId: text, changes: list(text) },
  'user.deleted': { userId: text },
  'session.created': { sessionId: text, userId: text },
  'session.expired': { sessionId: text, userId: text },
  'connection.created': { connectionId: text, organizationId: text, type: text },
  'connection.enabled': { connectionId: text },
  'scim.user_provisioned': { userId: text, organizationId: text },
  'scim.user_deprovisioned': { userId: text },
} as const;
