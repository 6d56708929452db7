import { connectedAccount, connectedAccountStatus } from './connected-account.ts';
import { directory, directoryGroup, directoryUser } from './directory.ts';
import { eventsPage } from './events-page.ts';
import type { Shape, ValueOf } from './field.ts';
import { domain, organization, permission, role, sso } from './organization.ts';
import { membership, session } from './user.ts';

/** The shape of `data` by event type, from Scalekit's events page and its API reference ("webhooks"). */
export const dataShapes = {
  ...eventsPage,
  'organization.created': organization,
  'organization.updated': organization,
  'organization.deleted': organization,
  'organization.domain_created': domain,
  'organization.domain_deleted': domain,
  'organization.domain_dns_verification_success': domain,
  'organization.domain_dns_verification_failed': domain,
  'organization.sso_created': sso,
  'organization.sso_enabled': sso,
  'organization.sso_disabled': sso,
  'organization.sso_deleted': sso,
  'organization.directory_enabled': directory,
  'organization.directory_disabled': directory,
  'organization.directory.user_created': directoryUser,
  'organization.directory.user_updated': directoryUser,
  'organization.directory.user_deleted': directoryUser,
  'organization.directory.group_created': directoryGroup,
  'organization.directory.group_updated': directoryGroup,
  'organization.directory.group_deleted': directoryGroup,
  'user.signup': membership,
  'user.login': session,
  'user.logout': session,
  'user.organization_invitation': membership,
  'user.organization_membership_created': membership,
  'user.organization_membership_updated': membership,
  'user.organization_membership_deleted': membership,
  'role.created': role,
  'role.updated': role,
  'role.deleted': role,
  'permission.created': permission,
  'permission.updated': permission,
  'permission.deleted': permission,
  'connected_account.created': connectedAccount,
  'connected_account.updated': connectedAccount,
  'connected_account.status_updated': connectedAccountStatus,
  'connected_account.deleted': connectedAccount,
  'connected_account.magic_link_generated': connectedAccount,
  'connected_account.oauth_tokens_fetched': connectedAccount,
  'connected_account.token_refresh_succeeded': connectedAccount,
  'connected_account.token_refresh_failed': connectedAccount,
  'connected_account.oauth_succeeded': connectedAccount,
} as const satisfies Record<string, Shape>;

/** The name of a documented event type. */
export type EventType = keyof typeof dataShapes;

/** An event of one type: the common envelope and the `data` of that type. */
export interface EventOf<T extends EventType> {
  spec_version: string;
  /** `evt_` and digits. */
  id: string;
  type: T;
  /** RFC 3339, with up to nine fractional digits. */
  occurred_at: string;
  /** `env_` and digits. */
  environment_id: string;
  /** The kind of object that the event is about, such as `User` or `Organization`. */
  object: string;
  organization_id?: string;
  display_name?: string;
  data: ValueOf<(typeof dataShapes)[T]>;
}

/** Any documented event: a union discriminated by `type`. */
export type ScalekitEvent = { [T in EventType]: EventOf<T> }[EventType];
