import type { Complaint } from '../../delivery/answers/complaints.ts';

/** What a handler most likely does not accept about an event, and the fix. */
interface ComplaintWords {
  readonly detail: string;
  readonly fix: string;
}

/** By complaint; the subject of `detail` is the handler. */
export const complaintWords: Readonly<Record<Complaint, ComplaintWords>> = {
  'event-type': {
    detail: 'does not know the type of this event',
    fix: 'answer 2xx to a verified event of any type',
  },
  'media-type': {
    detail: 'does not accept application/json',
    fix: 'allow application/json, which Scalekit sends',
  },
  header: {
    detail: 'requires a header that Scalekit does not send',
    fix: 'do not require it on this route',
  },
  size: {
    detail: 'does not accept a body of this size',
    fix: 'raise the limit for the body to 1 MB',
  },
  'unknown-object': {
    detail: 'does not know an object that the event is about',
    fix: 'answer 2xx to a verified event about an unknown object, or use send --as-organization',
  },
  content: {
    detail: 'validates the event, before or after it verifies, and rejects its content',
    fix: 'verify first, and accept any field that scalekit-hooks events shows',
  },
};
