/** A request of the page that cannot be carried out; the page shows the message. */
export class ApiFailure extends Error {
  readonly status: 400 | 404 | 409 | 413;
  readonly code: string;

  constructor(status: ApiFailure['status'], code: string, message: string) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
    this.code = code;
  }
}
