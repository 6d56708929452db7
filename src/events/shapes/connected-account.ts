import { id, optional, text, time, word } from './field.ts';

const authorization = word(
  'OAUTH',
  'API_KEY',
  'BASIC_AUTH',
  'BEARER_TOKEN',
  'CUSTOM',
  'BASIC',
  'OAUTH_M2M',
  'TRELLO_OAUTH1',
  'GOOGLE_DWD',
  'TRUSTED_IDP',
  'SMART_FHIR',
  'NO_AUTH',
);

const status = word('ACTIVE', 'EXPIRED', 'PENDING_AUTH', 'PENDING_VERIFICATION', 'DISCONNECTED');

const identity = {
  id: id('ca'),
  identifier: text,
  connection_id: id('conn'),
  connection_name: optional(text),
  provider: text,
  status,
} as const;

/** `data` of connected account events. */
export const connectedAccount = {
  ...identity,
  authorization_type: optional(authorization),
  token_expires_at: optional(time),
  last_used_at: optional(time),
} as const;

/** `data` of connected_account.status_updated. */
export const connectedAccountStatus = {
  ...identity,
  authorization_type: authorization,
  old_status: status,
} as const;
