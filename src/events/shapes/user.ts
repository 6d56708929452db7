import { any, flag, id, list, map, object, optional, text, time } from './field.ts';
import { feature } from './organization.ts';

const externalIdentity = object({
  connection_id: optional(text),
  connection_provider: optional(text),
  connection_type: optional(text),
  connection_user_id: optional(text),
  created_time: optional(time),
  is_social: optional(flag),
  last_login_time: optional(time),
  last_synced_time: optional(time),
  raw_attributes: optional(text),
  updated_time: optional(time),
});

const userProfile = object({
  id: optional(text),
  custom_attributes: optional(any),
  email_verified: optional(flag),
  external_identities: optional(list(externalIdentity)),
  family_name: optional(text),
  gender: optional(text),
  given_name: optional(text),
  groups: optional(any),
  locale: optional(text),
  metadata: optional(map),
  name: optional(text),
  phone_number: optional(text),
  phone_number_verified: optional(flag),
  picture: optional(text),
  preferred_username: optional(text),
});

const user = object({
  id: optional(id('usr')),
  email: optional(text),
  external_id: optional(text),
  create_time: optional(time),
  update_time: optional(time),
  last_login_time: optional(time),
  metadata: optional(map),
  user_profile: optional(userProfile),
});

const memberOf = object({
  id: optional(id('org')),
  display_name: optional(text),
  external_id: optional(text),
  region_code: optional(text),
  create_time: optional(time),
  update_time: optional(time),
  metadata: optional(map),
  settings: optional(object({ features: optional(list(feature)) })),
});

const location = object({
  city: optional(text),
  latitude: optional(text),
  longitude: optional(text),
  region: optional(text),
  region_subdivision: optional(text),
});

const device = object({
  browser: optional(text),
  browser_version: optional(text),
  device_type: optional(text),
  ip: optional(text),
  location: optional(location),
  os: optional(text),
  os_version: optional(text),
  user_agent: optional(text),
});

const userSession = object({
  session_id: optional(id('ses')),
  user_id: optional(id('usr')),
  organization_id: optional(id('org')),
  status: optional(text),
  created_at: optional(time),
  updated_at: optional(time),
  last_active_at: optional(time),
  absolute_expires_at: optional(time),
  idle_expires_at: optional(time),
  expired_at: optional(time),
  logout_at: optional(time),
  authenticated_organizations: optional(list(text)),
  device: optional(device),
});

/** `data` of user.signup and of the invitation and membership events. */
export const membership = { organization: memberOf, user } as const;

/** `data` of user.login and user.logout. */
export const session = { user, user_session: userSession } as const;
