import { type NextRequest, NextResponse } from 'next/server';
import { createEvent, signMessage, verifyMessage } from 'scalekit-hooks';

const secret = process.env.SCALEKIT_WEBHOOK_SECRET ?? '';

/** Verifies a message that it makes itself, and the one that it receives. */
export async function POST(request: NextRequest) {
  const own = signMessage(createEvent('user.created'), { secret });
  if (!verifyMessage(own, { secret }).verified) return NextResponse.json({}, { status: 500 });
  const received = { headers: request.headers, body: await request.text() };
  const { verified } = verifyMessage(received, { secret });
  return NextResponse.json({ path: request.nextUrl.pathname }, { status: verified ? 201 : 401 });
}
