import { observeRules } from '../../cli/flag-sets.ts';
import { excludes, requires } from '../../cli/flags.ts';
import { defineCommand } from '../define.ts';
import { flags, positionals } from './flags.ts';

export const command = defineCommand({
  positionals,
  flags,
  groups: {
    'Common options': ['start', 'secret', 'only', 'report', 'strict'],
    'What to check': ['skip', 'type', 'interceptor', 'fixtures', 'list', 'bail'],
    'What messages change': ['observe', 'observeType', 'settle'],
    'What events contain': ['fuzz', 'seed'],
    'How to reach it': ['to', 'header', 'force', 'timeout', 'allowHost', 'insecure', 'wait'],
  },
  rules: [
    ...excludes('url', ['to'], 'both set the target'),
    ...excludes('interceptor', ['type'], 'an interceptor does not receive events'),
    ...excludes(
      'interceptor',
      ['observe'],
      'a request to an interceptor asks for a decision and changes nothing',
    ),
    ...observeRules(
      'scalekit-hooks check 3000 --observe "psql -tAc \'select count(*) from users\'" --settle 5s',
    ),
    ...excludes('interceptor', ['fuzz'], 'only events are generated'),
    ...requires(['seed'], ['fuzz'], {
      why: 'it chooses the events that --fuzz generates',
      example: 'scalekit-hooks check 3000 --fuzz 500 --seed 42',
    }),
    ...excludes('list', ['start'], '--list sends nothing, so it needs no app'),
    ...requires(['wait'], ['start'], {
      why: '--wait limits how long the app from --start may take to start',
      example: 'scalekit-hooks check --start "npm start" --wait 60s',
    }),
  ],
  details: `Sends the handler messages that it must accept and messages that it must reject,
then reports what is wrong, why it matters and how to fix it. A rejection counts
only if the handler accepts the same message without the fault in the same run.
Every message has new ids, and your handler may store the events: use a test
database.

--observe reads the state of your app, as text, with a shell command or from a
URL. Then check also tests that a repeated message acts once, that a forged one
does not act, and that no accepted one is lost. --fuzz sends generated events,
makes each that fails as small as possible, and saves it as an event file.

Exit code 0 if every check passed, 1 if a check failed or was inconclusive (with
--strict, also if one warned), 2 if the app from --start did not become ready, 3
if the handler did not respond. With --start, the app gets the secret as
SCALEKIT_WEBHOOK_SECRET; if none is set, check generates one for the run. On
GitHub Actions, failures become annotations and the step gets a summary.`,
  examples: [
    'check localhost:3000/webhook',
    'check localhost:3000/webhook --start "npm start"',
    'check 3000 --only rejects --skip stale',
    'check 3000 --only effects --observe \'sqlite3 app.db "select * from users"\'',
    'check 3000 --fuzz 500 --seed 42',
    'check 3000 --report junit:reports/webhook.xml --strict',
    'check :3000/auth/interceptor --interceptor PRE_SIGNUP',
  ],
  async run(given, context) {
    const [{ readCheckSettings }, { check, list }] = await Promise.all([
      import('./options.ts'),
      import('./run.ts'),
    ]);
    const settings = await readCheckSettings(given, context);
    return given.list ? list(settings.checks, context) : check(settings, context);
  },
});
