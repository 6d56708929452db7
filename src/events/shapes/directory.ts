import { flag, id, list, map, object, optional, text, time } from './field.ts';

/** `data` of organization.directory_enabled and directory_disabled. */
export const directory = {
  id: id('dir'),
  organization_id: id('org'),
  directory_type: optional(text),
  provider: optional(text),
  enabled: optional(flag),
  updated_at: optional(time),
} as const;

/** `data` of directory user events. The example in the webhooks overview also has `user_id`. */
export const directoryUser = {
  id: id('diruser'),
  user_id: optional(id('usr')),
  organization_id: id('org'),
  active: optional(flag),
  email: optional(text),
  given_name: optional(text),
  family_name: optional(text),
  name: optional(text),
  preferred_username: optional(text),
  dp_id: optional(text),
  employee_id: optional(text),
  department: optional(text),
  cost_center: optional(text),
  division: optional(text),
  title: optional(text),
  user_type: optional(text),
  phone_number: optional(text),
  language: optional(text),
  locale: optional(text),
  zoneinfo: optional(text),
  organization: optional(text),
  nickname: optional(text),
  profile: optional(text),
  groups: optional(list(object({ id: optional(text), name: optional(text) }))),
  roles: optional(list(object({ role_name: optional(text) }))),
  custom_attributes: optional(map),
  raw_attributes: optional(map),
  picture: optional(text),
  address: optional(map),
} as const;

/** `data` of directory group events. */
export const directoryGroup = {
  id: id('dirgroup'),
  organization_id: id('org'),
  directory_id: optional(id('dir')),
  display_name: optional(text),
  external_id: optional(text),
  dp_id: optional(text),
  raw_attributes: optional(map),
} as const;
