import { afterEach, describe } from 'vitest';
import { busContract } from '../bus.contract.ts';
import { brokerUrl, openTestBus, openTracked, ownNames } from './broker-under-test.ts';

describe.skipIf(!brokerUrl)('the bus over RabbitMQ (BUTIK_TEST_RABBITMQ)', () => {
  let clean: () => Promise<void>;
  afterEach(() => clean());

  busContract(async (onDeadLetter) => {
    const names = ownNames();
    const tracked = await openTracked(
      (keep) => openTestBus(names.prefix, { onDeadLetter: keep }),
      onDeadLetter,
    );
    clean = () => names.remove(tracked.consumers);
    return tracked;
  });
});
