/** The library: send, receive, verify and check webhooks from your own tests. Importing it has no side effects. */

export type { EventOf, EventType, ScalekitEvent } from './events/shapes/shapes.ts';
export { type FastifyApp, fromFastify, fromNode, type NodeHandler } from './library/adapters.ts';
export { eventArbitrary } from './library/arbitrary.ts';
export {
  type CheckOptions,
  checkHandler,
  type FetchHandler,
  type FrameworkOptions,
} from './library/check-handler.ts';
export type { CheckCounterexample, CheckDiagnosis, CheckOutcome, CheckReport } from './library/check-run.ts';
export { type DeliverOptions, type DeliveryOutcome as Outcome, deliver } from './library/deliver.ts';
export { HooksError } from './library/errors.ts';
export {
  createEvent,
  eventSchemas,
  eventTypes,
  type Overrides,
  type ParseEvent,
  parseEvent,
} from './library/events.ts';
export type { RequestParts } from './library/handler-subject.ts';
export type { HeadersInput } from './library/headers.ts';
export {
  createListener,
  type ListenerOptions,
  type ReceivedEvent,
  type WebhookListener,
} from './library/listener.ts';
export {
  type BodyInput,
  type Explanation,
  explain,
  type MessageInput,
  type SignedMessage,
  type SignOptions,
  signMessage,
  type VerifyOptions,
  verifyMessage,
} from './library/messages.ts';
export type { Observe } from './library/observe.ts';
export { type RequestOptions, signedRequest } from './library/requests.ts';
export { createSecret, type SecretInput } from './library/secrets.ts';
export type { StandardIssue, StandardResult, StandardSchema } from './library/standard-schema.ts';
export type { TimeInput } from './library/times.ts';
export type { Cause } from './report/facts/index.ts';
export type {
  Rejected,
  RejectionReason,
  Verdict,
  Verified,
} from './signature/verdict.ts';
