import type { AttemptShown } from './protocol.ts';

/**
 * The messages between the view for composing and the server; see protocol.ts.
 *
 *   GET  /api/catalog                Catalog
 *   GET  /api/sample?type=NAME       SampleEvent
 *   GET  /api/scenario?name=NAME     ScenarioDetail
 *   POST /api/run-scenario           RunRequest, answered with a stream of StepResult, one JSON object per line
 *   POST /api/check-event            CheckRequest, answered with EventCheck
 *   POST /api/command                CommandRequest, answered with CommandLine
 *   POST /api/fixtures               SaveRequest, answered with SaveResult
 *   POST /api/send                   SendRequest, answered with SendResult
 */

/** What can be composed. */
export interface Catalog {
  readonly types: readonly {
    readonly name: string;
    readonly category: string;
    /** Whether it is one of the user's event files. */
    readonly isOwn: boolean;
  }[];
  /** Flows of events. */
  readonly scenarios: readonly { readonly name: string; readonly isOwn: boolean }[];
  /** The folder that events can be saved in; null without one. */
  readonly fixtures: string | null;
  /** Ways to make a message that a handler must reject. The summary completes "a message …". */
  readonly faults: readonly { readonly name: string; readonly summary: string }[];
}

export interface SampleEvent {
  /** Compact JSON. */
  readonly body: string;
  /** The documented fields of each object in the event, by its path, such as `` for the event and `.data.roles[]`. */
  readonly fields: Readonly<Record<string, readonly FieldShown[]>>;
}

export interface FieldShown {
  readonly name: string;
  readonly isOptional: boolean;
  /** The only values that are documented, as JSON; empty if there are others. */
  readonly values: readonly string[];
  /** A value to begin with, as JSON. */
  readonly empty: string;
}

export interface ScenarioDetail {
  readonly description: string | null;
  readonly steps: readonly {
    readonly type: string;
    /** How long it waits before the step. */
    readonly afterMs: number;
    /** Statuses, each a number or such as `2xx`. */
    readonly expects: readonly string[];
  }[];
}

export interface RunRequest {
  /** The name of a scenario. */
  readonly name: string;
  /** One of the session's targets. */
  readonly target: string;
}

/** The stream ends after the first step whose response is not expected. */
export interface StepResult {
  readonly kind: 'step';
  /** From 0. */
  readonly index: number;
  /** The id of the capture; null if it could not be stored. */
  readonly capture: string | null;
  readonly attempt: AttemptShown;
  /** Whether the step expects the response. */
  readonly isMet: boolean;
}

export interface CheckRequest {
  /** An event as JSON. */
  readonly body: string;
}

export interface EventCheck {
  /** Why it is not an event, and cannot be sent; null if it is one. */
  readonly problem: string | null;
  /** Where it is not as the documentation of its type says. */
  readonly differences: readonly {
    readonly path: readonly (string | number)[];
    /** The path as text. */
    readonly field: string;
    /** Completes a sentence that starts with the field. */
    readonly reason: string;
  }[];
}

export interface SendRequest {
  /** An event as JSON. Without an id and time, it gets new ones. */
  readonly body: string;
  /** One of the session's targets. */
  readonly target: string;
  /** Ids and an address to set wherever the event names them. */
  readonly actor: {
    readonly organization?: string | undefined;
    readonly user?: string | undefined;
    readonly email?: string | undefined;
  };
  /** The name of a fault; null for a valid message. */
  readonly fault: string | null;
}

export interface CommandRequest extends SendRequest {
  /** The type whose sample was edited. */
  readonly type: string;
}

export interface CommandLine {
  readonly command: string;
}

export interface SaveRequest {
  /** An event as JSON; its type is the name of the file. */
  readonly body: string;
  /** Whether a file of this name is replaced. */
  readonly replace: boolean;
}

export interface SaveResult {
  /** `exists`: nothing was written, because it would replace the file. */
  readonly kind: 'saved' | 'exists';
  readonly file: string;
}

export interface SendResult {
  /** The id of the capture; null if it could not be stored. */
  readonly capture: string | null;
  readonly attempt: AttemptShown;
  /** Whether the handler rejected the fault; null for a valid message. */
  readonly judgment: 'rejected' | 'accepted' | 'not_judged' | null;
}
