/** What the tests use of it: its types would be one more package. */
declare module 'express' {
  import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

  export interface Request extends IncomingMessage {
    body: unknown;
  }
  export interface Response extends ServerResponse {
    status(code: number): Response;
    json(value: unknown): Response;
  }
  type Handler = (request: Request, response: Response) => unknown;
  interface Application {
    post(path: string, ...handlers: (Handler | RequestListener)[]): void;
    listen(port: number, host: string): Server;
  }
  const express: {
    (): Application;
    text(options: { type: () => boolean; limit: string }): RequestListener;
  };
  export default express;
}
