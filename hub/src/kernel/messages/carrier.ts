import type { Delivery } from './messages.ts';

/** One way to people, of one kind of message. Fails as `Messages` does. */
export interface Carrier<Message> {
  send(message: Message, options?: { signal?: AbortSignal }): Promise<Delivery>;
  close(): Promise<void>;
}
