/** Whether a status means that the handler accepted the message: any 2xx. Null means that there was no response. */
export const isAccepted = (status: number | null): boolean =>
  status !== null && status >= 200 && status < 300;
