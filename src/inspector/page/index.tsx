import { render } from 'preact';
import { takeToken } from './access.ts';
import { App } from './app.tsx';
import { startLoading, startLoadingAttempts } from './capture.ts';
import { startChecking } from './check/state.ts';
import { startComposing } from './compose/state.ts';
import { startKeyboard } from './keyboard.ts';
import { startFiltering } from './list/shown-events.ts';
import { receiveMessages } from './messages.ts';
import { connection, startState, view } from './state.ts';
import { EventStream } from './stream.ts';

/** How long the first events may delay the page. Drawn together, both are visible sooner than one after the other. In ms. */
const patience = 150;

function firstEvents({ begun }: EventStream): Promise<unknown> {
  return Promise.race([begun, new Promise((resolve) => setTimeout(resolve, patience))]);
}

takeToken();
startState();
startFiltering();
startLoading();
startLoadingAttempts();
startComposing();
startChecking();
startKeyboard();
const stream = new EventStream({
  take: receiveMessages,
  report: (state) => {
    connection.value = state;
  },
});
// Before the page is drawn, because the answer takes a while.
stream.start();
if (view.value === 'events') await firstEvents(stream);
render(<App onConnect={() => stream.connect()} />, document.body);
