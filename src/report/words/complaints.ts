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
    fix: 'answer 2xx to a verified event of any type, or send only types that the handler knows',
  },
  'media-type': {
    detail: 'does not accept application/json',
    fix: 'allow application/json on the route: Scalekit sends every webhook with this content type',
  },
  'unknown-object': {
    detail: 'does not know an object that the event is about',
    fix: 'answer 2xx to a verified event about an unknown object, or send ids that the app knows: send --as-organization',
  },
  content: {
    detail: 'validates the event and rejects its content, before or after it verifies',
    fix: 'verify first, and accept events with the fields that scalekit-hooks events shows, and with other fields',
  },
};
