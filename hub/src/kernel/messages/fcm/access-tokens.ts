import { JWT } from 'google-auth-library';
import type { ServiceAccount } from './read-service-account.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const TIMEOUT_MS = 10_000;
/** A token is renewed this long before its end, so that none ends on its way. */
const RENEW_BEFORE_MS = 60_000;

export interface AccessTokens {
  /** One that is good for a minute yet; fetched when there is none. Those who ask meanwhile wait for the same. */
  current(): Promise<string>;
  /** The one that was given out last; empty before. */
  latest(): string;
  /** The next one is fetched anew. */
  forget(): void;
}

export function openAccessTokens(account: ServiceAccount): AccessTokens {
  let client = signIn(account);
  let latest = '';
  return {
    async current() {
      const { token } = await client.getAccessToken();
      if (!token) throw new Error('The token endpoint gave no access token.');
      latest = token;
      return token;
    },
    latest: () => latest,
    forget() {
      client = signIn(account);
    },
  };
}

function signIn({ client_email: email, private_key: key, token_uri: tokenUri }: ServiceAccount): JWT {
  return new JWT({
    email,
    key,
    scopes: [SCOPE],
    eagerRefreshThresholdMillis: RENEW_BEFORE_MS,
    transporterOptions: {
      timeout: TIMEOUT_MS,
      // The library fetches from Google's usual address, whatever the account's file says.
      fetchImplementation: (_url, init) => fetch(tokenUri, init),
    },
  });
}
