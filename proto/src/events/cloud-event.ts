import { z } from 'zod';

/** CloudEvents 1.0 in JSON: what every event of Butik looks like on the bus. */
export const cloudEventSchema = z.object({
  specversion: z.literal('1.0'),
  /** UUIDv7; consumers deduplicate by it. */
  id: z.uuid(),
  /** `butik/hub/SERVICE`. */
  source: z.string(),
  type: z.string(),
  /** Version of the data's schema. */
  dataversion: z.int().positive(),
  /** The aggregate the event is about; events of one subject are delivered in order. */
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  traceparent: z.string().optional(),
  data: z.unknown(),
});
export type CloudEvent<Data = unknown> = Omit<z.infer<typeof cloudEventSchema>, 'data'> & { data: Data };

/** A type of event: payloads are ids and values with a schema and a version. */
export interface EventDefinition<Data extends z.ZodType = z.ZodType> {
  type: string;
  version: number;
  data: Data;
}

export function defineEvent<const Type extends string, Data extends z.ZodType>(
  definition: EventDefinition<Data> & { type: Type },
): EventDefinition<Data> & { type: Type } {
  return definition;
}

/** Builds an event; its data is checked against the definition. */
export function createEvent<Data extends z.ZodType>(
  definition: EventDefinition<Data>,
  event: {
    id: string;
    source: string;
    subject: string;
    time: string;
    traceparent?: string;
    data: z.input<Data>;
  },
): CloudEvent<z.output<Data>> {
  return {
    specversion: '1.0',
    datacontenttype: 'application/json',
    type: definition.type,
    dataversion: definition.version,
    ...event,
    data: definition.data.parse(event.data),
  };
}
