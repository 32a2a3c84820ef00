// The process that embedded/kill.test.ts kills: writes without end, and prints the number of each write when it
// is acknowledged. Usage: node kill.writer.ts DIRECTORY FIRST_NUMBER
import { writeSync } from 'node:fs';
import { PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { KILL_TABLE, killSchema } from './kill.schema.ts';
import { openEmbeddedDocuments } from './open-embedded-documents.ts';

const LANES = 8;
const [directory = '', first = '0'] = process.argv.slice(2);
const { client, openTable } = await openEmbeddedDocuments({ directory });
const { name: TableName } = await openTable({ name: KILL_TABLE, schema: killSchema });
let next = Number(first);

await Promise.all(Array.from({ length: LANES }, writeOn));

async function writeOn(): Promise<never> {
  for (;;) {
    const number = next++;
    if (number % 2 === 0) await client.send(new PutItemCommand({ TableName, Item: key('single', number) }));
    else await client.send(pair(number));
    writeSync(1, `${number}\n`);
  }
}

function pair(number: number): TransactWriteItemsCommand {
  return new TransactWriteItemsCommand({
    TransactItems: [
      { Put: { TableName, Item: key('left', number) } },
      { Put: { TableName, Item: key('right', number) } },
      {
        Update: {
          TableName,
          Key: key('count', 0),
          UpdateExpression: 'ADD pairs :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        },
      },
    ],
  });
}

function key(pk: string, number: number) {
  return { pk: { S: pk }, sk: { S: String(number) } };
}
