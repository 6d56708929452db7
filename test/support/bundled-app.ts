/** An app that uses every part of the library that needs other files or modules. */
export const appBody = `
  const secret = createSecret();
  const message = signMessage(createEvent('user.created'), { secret });
  const listener = await createListener({ secret });
  const { status } = await deliver(message, { to: listener.url });
  await listener.close();
  const { ok } = await checkHandler(async () => new Response('', { status: 201 }), { secret, only: ['plain'] });
  console.log(verifyMessage(message, { secret }).verified, status, ok);`;
export const printedByApp = 'true 201 true\n';

/** What it loads of the library. */
export const appNames =
  '{ checkHandler, createEvent, createListener, createSecret, deliver, signMessage, verifyMessage }';

export const bundledApps = {
  esm: `import ${appNames} from 'scalekit-hooks';\n${appBody}`,
  cjs: `const ${appNames} = require('scalekit-hooks');\n(async () => {${appBody}})();`,
};
