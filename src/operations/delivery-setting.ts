import type { SecretSetting } from '../config/secrets.ts';
import type { Target } from '../delivery/target.ts';
import type { Headers } from '../message.ts';

/** Where messages go, and what all of them have in common. */
export interface DeliverySetting {
  readonly target: Target;
  readonly secret: SecretSetting;
  /** Added to each message; they replace headers of the same name. */
  readonly headers: Headers;
  /** Per delivery, in ms. */
  readonly timeout: number;
  readonly insecure: boolean;
}
