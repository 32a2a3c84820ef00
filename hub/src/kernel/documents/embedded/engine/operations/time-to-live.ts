import { z } from 'zod';
import { invalid } from '../dynamo-error.ts';
import type { TableDefinition } from '../store/table-definition.ts';
import type { Operation } from './operation.ts';
import { parseRequest, tableName } from './requests.ts';
import { forEachItem } from './walk-items.ts';

const describeRequest = z.object({ TableName: tableName });
const updateRequest = z.object({
  TableName: tableName,
  TimeToLiveSpecification: z.object({ Enabled: z.boolean(), AttributeName: z.string().min(1).max(255) }),
});

export const describeTimeToLive: Operation = {
  writes: false,
  run({ store }, input) {
    const { ttlAttribute } = store.table(parseRequest(describeRequest, input).TableName).definition;
    return {
      TimeToLiveDescription: ttlAttribute
        ? { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute }
        : { TimeToLiveStatus: 'DISABLED' },
    };
  },
};

export const updateTimeToLive: Operation = {
  writes: true,
  run({ store }, input) {
    const { TableName, TimeToLiveSpecification } = parseRequest(updateRequest, input);
    const { Enabled, AttributeName } = TimeToLiveSpecification;
    const { definition } = store.table(TableName);
    if (Enabled === (definition.ttlAttribute !== undefined)) {
      throw invalid(`TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`);
    }
    const { ttlAttribute, ...rest }: TableDefinition = definition;
    if (!Enabled && ttlAttribute !== AttributeName) {
      throw invalid(
        `TimeToLive is active on a different AttributeName: current AttributeName is ${ttlAttribute}`,
      );
    }
    const table = store.redefine(Enabled ? { ...rest, ttlAttribute: AttributeName } : rest);
    forEachItem(table, ({ id, item }) => table.setExpiry(id, item));
    return { TimeToLiveSpecification };
  },
};
