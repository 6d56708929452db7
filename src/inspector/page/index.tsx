import { render } from 'preact';
import { takeToken } from './access.ts';
import { App } from './app.tsx';
import { startLoading, startLoadingAttempts } from './capture.ts';
import { startChecking } from './check/state.ts';
import { startComposing } from './compose/state.ts';
import { startKeyboard } from './keyboard.ts';
import { connection, receiveMessages, startState } from './state.ts';
import { EventStream } from './stream.ts';

takeToken();
startState();
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
render(<App onConnect={() => stream.connect()} />, document.body);
