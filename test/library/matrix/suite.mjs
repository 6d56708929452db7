/**
 * The tests of every cell of the matrix. A cell's test file passes what its runner has; so this imports nothing, and is
 * copied as an ES module or as CommonJS.
 */
export const testCount = 5;

/**
 * `clock.fake()` turns the runner's fake timers on, `clock.restore()` off. `closeByUsing(create)` returns the listener
 * that `await using` has closed. `form` is the extension of the library's files that must be loaded.
 */
export function defineTests({ test, clock, library, assert, closeByUsing, form, hasFetchClasses }) {
  const {
    checkHandler,
    createEvent,
    createListener,
    createSecret,
    deliver,
    HooksError,
    signedRequest,
    signMessage,
  } = library;

  test('loads the packed library in this module form', () => {
    const error = thrownBy(() => createEvent('nosuch'));
    assert.ok(error instanceof HooksError);
    assert.match(
      error.stack,
      new RegExp(`node_modules[\\\\/]scalekit-hooks[\\\\/]dist[\\\\/][\\w-]+\\.${form}\\b`),
    );
  });

  test('delivers an event to a listener', async () => {
    await roundTrip();
  });

  test('delivers an event to a listener under fake timers', async () => {
    clock.fake();
    try {
      await roundTrip();
    } finally {
      clock.restore();
    }
  });

  test('checks a handler, or names the environment that it needs', async () => {
    const secret = createSecret();
    const checked = () =>
      checkHandler(async (request) => new Response(await request.text(), { status: 201 }), {
        secret,
        only: ['plain'],
      });
    if (hasFetchClasses) {
      const { ok, text } = await checked();
      assert.ok(ok, text);
      assert.equal(signedRequest('user.created', { secret }).method, 'POST');
      return;
    }
    for (const error of [
      await checked().catch((caught) => caught),
      thrownBy(() => signedRequest('user.created', { secret })),
    ]) {
      assert.ok(error instanceof HooksError, String(error));
      assert.equal(error.code, 'no_fetch_classes');
      assert.match(error.fix, /@jest-environment node/);
    }
  });

  test('is closed by await using', async () => {
    const listener = await closeByUsing(createListener);
    const message = signMessage(createEvent('user.created'), { secret: listener.secret });
    const outcome = await deliver(message, { to: listener.url });
    assert.equal(outcome.failure, 'connection_refused');
  });

  async function roundTrip() {
    const listener = await createListener();
    const message = signMessage(createEvent('user.created'), { secret: listener.secret });
    const outcome = await deliver(message, { to: listener.url });
    assert.equal(outcome.status, 201, JSON.stringify(outcome));
    const { type, verdict } = await listener.next();
    assert.equal(type, 'user.created');
    assert.ok(verdict.verified, JSON.stringify(verdict));
    await listener.close();
  }

  function thrownBy(action) {
    try {
      action();
    } catch (error) {
      return error;
    }
    return undefined;
  }
}

/** A test that fails before it closes its listener, which a connection has reached. */
export function defineFailure({ test, library }) {
  const { createEvent, createListener, deliver, signMessage } = library;
  test('fails with a listener open', async () => {
    const listener = await createListener();
    await deliver(signMessage(createEvent('user.created'), { secret: listener.secret }), {
      to: listener.url,
    });
    throw new Error('this test fails on purpose');
  });
}
