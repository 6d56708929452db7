import type { EventType } from '../../events/shapes/shapes.ts';

/**
 * When Scalekit sends each type, from the descriptions and names in its documentation. A type of the events page and
 * one of the API reference may mean the same. At most 33 characters, so that the list fits 80 columns.
 */
const occasions: Readonly<Record<EventType, string>> = {
  'user.authenticated': 'A user passes authentication.',
  'user.authentication_failed': 'A user fails to authenticate.',
  'connected_account.created': 'A connected account is created.',
  'connected_account.deleted': 'A connected account is deleted.',
  'connected_account.magic_link_generated': 'A magic link is generated.',
  'connected_account.oauth_succeeded': 'A user finishes the OAuth flow.',
  'connected_account.oauth_tokens_fetched': 'OAuth tokens are fetched.',
  'connected_account.status_updated': 'The status of an account changes.',
  'connected_account.token_refresh_failed': 'A token refresh fails.',
  'connected_account.token_refresh_succeeded': 'A token refresh succeeds.',
  'connected_account.updated': 'A connected account changes.',
  'organization.directory_disabled': 'A directory is disabled.',
  'organization.directory_enabled': 'A directory is enabled.',
  'organization.directory.group_created': 'A directory adds a group.',
  'organization.directory.group_deleted': 'A directory removes a group.',
  'organization.directory.group_updated': 'A group in a directory changes.',
  'organization.directory.user_created': 'A directory adds a user.',
  'organization.directory.user_deleted': 'A directory removes a user.',
  'organization.directory.user_updated': 'A user in a directory changes.',
  'organization.created': 'An organization is created.',
  'organization.deleted': 'An organization is deleted.',
  'organization.updated': 'An organization changes.',
  'organization.domain_created': 'A domain is added.',
  'organization.domain_deleted': 'A domain is removed.',
  'organization.domain_dns_verification_failed': 'The DNS check of a domain fails.',
  'organization.domain_dns_verification_success': 'The DNS check of a domain passes.',
  'user.organization_invitation': 'A user is invited.',
  'user.organization_membership_created': 'A user becomes a member.',
  'user.organization_membership_deleted': 'A user stops being a member.',
  'user.organization_membership_updated': 'A membership or its role changes.',
  'permission.created': 'A permission is created.',
  'permission.deleted': 'A permission is deleted.',
  'permission.updated': 'A permission changes.',
  'role.created': 'A role is created.',
  'role.deleted': 'A role is deleted.',
  'role.updated': 'A role changes.',
  'scim.user_deprovisioned': 'SCIM removes a user.',
  'scim.user_provisioned': 'SCIM adds a user.',
  'session.created': 'A session starts.',
  'session.expired': 'A session expires.',
  'connection.created': 'A connection is created.',
  'connection.enabled': 'A connection is enabled.',
  'organization.sso_created': 'An SSO connection is created.',
  'organization.sso_deleted': 'An SSO connection is deleted.',
  'organization.sso_disabled': 'An SSO connection is disabled.',
  'organization.sso_enabled': 'An SSO connection is enabled.',
  'user.created': 'A user is created.',
  'user.deleted': 'A user is deleted.',
  'user.login': 'A user logs in.',
  'user.logout': 'A user logs out.',
  'user.signup': 'A user signs up.',
  'user.updated': 'A user changes.',
};

/** When Scalekit sends a type; null for one that its documentation does not list. */
export function occasionOf(type: string): string | null {
  return Object.hasOwn(occasions, type) ? occasions[type as EventType] : null;
}
