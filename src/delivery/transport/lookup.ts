import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

const loopback: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** Resolves as the system does, but localhost and names below it to this machine (RFC 6761, section 6.3), as browsers do. */
export const lookupHost: LookupFunction = (hostname, options, callback) => {
  if (!/(?:^|\.)localhost\.?$/i.test(hostname)) return lookup(hostname, options, callback);
  if (options.all) callback(null, loopback);
  else callback(null, loopback[0]!.address, loopback[0]!.family);
};
