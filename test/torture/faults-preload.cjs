/**
 * Makes the n-th file system call of a process fail: FAULT is `<n>:<code>`; 0 lets all succeed. The number of calls, and
 * whether one failed, are written to FAULT_LOG at the end. Loaded by NODE_OPTIONS, before the program.
 */
const fs = require('node:fs');

const [at, code] = (process.env.FAULT ?? '0:EIO').split(':');
const calls = [
  'open',
  'read',
  'write',
  'fsync',
  'fdatasync',
  'rename',
  'fstat',
  'ftruncate',
  'readdir',
  'mkdir',
  'unlink',
];
const errnos = { EIO: -5, EMFILE: -24, ENOSPC: -28, EINTR: -4 };
/** Where Node.js would report the call. */
const isCounted = () => {
  const stack = new Error().stack ?? '';
  return /[\\/]dist[\\/]/.test(stack);
};

let count = 0;
let failed = '';
function faultOf(call) {
  if (!isCounted()) return undefined;
  count += 1;
  if (count !== Number(at)) return undefined;
  failed = call;
  if (process.env.FAULT_STACK) console.error(new Error().stack);
  return Object.assign(new Error(`${code}: injected, ${call}`), { code, errno: errnos[code], syscall: call });
}

const { appendFileSync } = fs;
for (const call of calls) {
  const sync = fs[`${call}Sync`];
  fs[`${call}Sync`] = function (...args) {
    const fault = faultOf(call);
    if (fault) throw fault;
    return sync.apply(this, args);
  };
  const async = fs[call];
  fs[call] = function (...args) {
    const fault = faultOf(call);
    if (!fault) return async.apply(this, args);
    process.nextTick(args.at(-1), fault);
  };
}
process.on('exit', () => appendFileSync(process.env.FAULT_LOG, `${count} ${failed}\n`));
