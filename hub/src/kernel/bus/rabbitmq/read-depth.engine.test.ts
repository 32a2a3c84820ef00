import { describe, expect, test } from 'vitest';
import { orderEvent } from '../bus.contract.ts';
import { brokerUrl, openTestBus, ownNames } from './broker-under-test.ts';

describe.skipIf(!brokerUrl)('the depth of RabbitMQ’s queues (BUTIK_TEST_RABBITMQ)', () => {
  test('what waits for a service that is not running is counted, and gone once it has been taken', async () => {
    const names = ownNames();
    const onDeadLetter = async () => undefined;
    const others = [{ consumer: 'report', types: ['OrderCreated'] }];
    const bus = await openTestBus(names.prefix, { onDeadLetter, others });
    for (const subject of ['a', 'b']) await bus.publish(orderEvent(subject));
    expect(await bus.depth!()).toEqual([{ consumer: 'report', waiting: 2, dead: 0 }]);

    const taken = Promise.withResolvers<void>();
    let left = 2;
    const report = await openTestBus(names.prefix, { onDeadLetter });
    await report.subscribe({
      consumer: 'report',
      types: ['OrderCreated'],
      async handle() {
        left -= 1;
        if (left === 0) taken.resolve();
      },
    });
    await taken.promise;
    expect(await bus.depth!()).toEqual([{ consumer: 'report', waiting: 0, dead: 0 }]);
    await report.close();
    await bus.close();
    await expect(bus.depth!()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await names.remove(['report']);
  });
});
