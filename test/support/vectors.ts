/**
 * Test vectors. The first is published in the Standard Webhooks repository. The others were computed with OpenSSL 3,
 * where BODY is a file with the bytes below:
 *
 *   hex=$(printf '%s' "$KEY_BASE64" | base64 -d | od -An -v -tx1 | tr -d ' \n')
 *   { printf '%s' "$ID.$TIMESTAMP."; cat BODY; } | openssl dgst -sha256 -mac HMAC -macopt hexkey:$hex -binary | base64
 */
export interface Vector {
  name: string;
  secret: string;
  id: string;
  timestamp: number;
  body: Buffer;
  signature: string;
}

const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const id = 'msg_2o3NaedIm6pL62OQ544VzM1cIYo';

export const vectors: Vector[] = [
  {
    name: 'published by Standard Webhooks',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1614265330,
    body: Buffer.from('{"test": 2432232314}'),
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
  {
    name: 'an empty body', // printf ''
    secret,
    id,
    timestamp: 1700000000,
    body: Buffer.alloc(0),
    signature: 'v1,kDzZ3gVaoebmwGe6HdOx24rVjg5X5vFBE8snIc3B3/Y=',
  },
  {
    name: 'UTF-8 of two and three bytes', // printf '{"name":"Zo\303\253 \342\231\245"}'
    secret,
    id,
    timestamp: 1700000001,
    body: Buffer.from('{"name":"Zoë ♥"}'),
    signature: 'v1,2hbt709QorDiJqeLEQpg3dUtkM7YlWUPbZuZrViY4Ns=',
  },
  {
    name: 'bytes that are not UTF-8', // printf '\377\376\000{'
    secret,
    id,
    timestamp: 1700000002,
    body: Buffer.from([0xff, 0xfe, 0x00, 0x7b]),
    signature: 'v1,5NbA0UWnSIKqLhlV9T3PLs+m91NdZiXAaI3vxeX66mw=',
  },
  {
    name: 'line ends of two bytes and a number that JavaScript would shorten', // printf '{\r\n  "a": 1.0\r\n}\n'
    secret,
    id,
    timestamp: 1700000003,
    body: Buffer.from('{\r\n  "a": 1.0\r\n}\n'),
    signature: 'v1,jDfVnuJUs9pXACoMXxcjWi+zJQkHdXq0UvRcpvpbEfs=',
  },
  {
    name: 'a key of 64 bytes, an id with dots, a time in the year 2100', // printf '{"type":"user.created"}'
    secret: `whsec_${'q'.repeat(85)}g==`,
    id: 'evt_1.with.dots',
    timestamp: 4102444800,
    body: Buffer.from('{"type":"user.created"}'),
    signature: 'v1,22bXsQmk9KoND7bxRV6V6OzSXXInsxDyGH1NP9zb1as=',
  },
];
