import type { QueueDepth } from '../bus.ts';
import { brokerAway } from './confirmed-publisher.ts';
import type { BrokerConnection } from './connect-to-broker.ts';
import { closeChannel } from './keep-channel.ts';
import type { Topology } from './topology.ts';

/** Asks the broker how much waits in the queues of these consumers. Throws SERVICE_UNAVAILABLE while it is away. */
export async function readDepth(
  connection: BrokerConnection,
  names: Topology,
  consumers: readonly string[],
): Promise<QueueDepth[]> {
  if (!connection.available) throw brokerAway('The broker is away.');
  const channel = await connection.createChannel();
  // A queue that somebody has removed closes the channel; `checkQueue` throws the reason.
  channel.on('error', () => undefined);
  try {
    const depths: QueueDepth[] = [];
    for (const consumer of new Set(consumers)) {
      const { messageCount: waiting } = await channel.checkQueue(names.queueOf(consumer));
      const { messageCount: dead } = await channel.checkQueue(names.deadQueueOf(consumer));
      depths.push({ consumer, waiting, dead });
    }
    return depths;
  } finally {
    await closeChannel(channel);
  }
}
