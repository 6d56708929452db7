import { flag, id, list, map, object, optional, text, time, word } from './field.ts';

export const feature = object({ name: optional(text), enabled: optional(flag) });

/** `data` of organization.created, updated and deleted. */
export const organization = {
  id: id('org'),
  display_name: text,
  external_id: optional(text),
  region_code: optional(text),
  create_time: optional(time),
  update_time: optional(time),
  deleted_at: optional(time),
  metadata: optional(map),
  settings: optional(object({ features: optional(list(feature)) })),
} as const;

/** `data` of organization domain events. */
export const domain = {
  id: id('dom'),
  domain: text,
  domain_type: word('ORGANIZATION_DOMAIN', 'ALLOWED_EMAIL_DOMAIN'),
  organization_id: id('org'),
  environment_id: id('env'),
  txt_record_key: optional(text),
  txt_record_secret: optional(text),
  verification_status: word('PENDING', 'VERIFIED', 'FAILED', 'AUTO_VERIFIED'),
  verification_method: optional(word('ADMIN', 'DNS', 'NOT_APPLICABLE')),
  updated_at: optional(time),
} as const;

/** `data` of organization SSO events. */
export const sso = {
  id: id('conn'),
  organization_id: id('org'),
  connection_type: optional(text),
  provider: optional(text),
  enabled: optional(flag),
  status: optional(text),
} as const;

/** `data` of role events. */
export const role = {
  id: text,
  name: text,
  display_name: optional(text),
  description: optional(text),
  extends: optional(text),
} as const;

/** `data` of permission events. */
export const permission = { id: text, name: text, description: optional(text) } as const;
