import { Client } from '@elastic/elasticsearch';
import { v7 as uuidv7 } from 'uuid';
import { test } from 'vitest';
import { searchContract } from '../search.contract.ts';
import { openElasticsearchSearch } from './open-elasticsearch-search.ts';

const url = process.env.BUTIK_TEST_ELASTICSEARCH || undefined;

if (url === undefined) {
  test.skip('left out: BUTIK_TEST_ELASTICSEARCH has no address of an Elasticsearch');
} else {
  searchContract('Elasticsearch', async () => {
    const prefix = `butik-test-${uuidv7()}`;
    const open = () => openElasticsearchSearch({ url, prefix });
    const search = await open();
    return {
      search,
      openAnother: open,
      async drop() {
        await search.close();
        const admin = new Client({ node: url });
        const ours = Object.keys(await admin.indices.get({ index: `${prefix}-*` }));
        if (ours.length > 0) await admin.indices.delete({ index: ours });
        await admin.close();
      },
    };
  });
}
