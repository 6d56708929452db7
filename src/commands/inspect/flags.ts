import {
  capturesFlags,
  fixturesFlags,
  localTargetFlags,
  observeFlags,
  secretFlags,
  uiFlags,
} from '../../cli/flag-sets.ts';
import { list, type Values } from '../../cli/flags.ts';

export const flags = {
  to: list('--to <target>', 'handler to send events to and to check: a port, host/path or URL; repeatable'),
  ...capturesFlags,
  ...secretFlags,
  ...fixturesFlags,
  ...uiFlags,
  ...observeFlags,
  allowHost: localTargetFlags.allowHost,
};

export type InspectFlags = Values<typeof flags>;
