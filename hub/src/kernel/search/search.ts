/** What a service wants found: which fields hold words, and which it filters and counts by. */
export interface IndexDefinition {
  /** `products`. */
  name: string;
  /**
   * Raised when the fields change: the index is then made anew, and the service fills it. The former version is kept
   * for processes that have not been started again; those before it are dropped.
   */
  version: number;
  /** Fields of words with their weight, the highest first: a match there counts more. */
  text: Readonly<Record<string, 'A' | 'B' | 'C' | 'D'>>;
  /** Fields found by their exact value, by their beginning too, such as a product's code. */
  codes: readonly string[];
  /** Fields to filter and count by: a string, a list of strings, or a boolean. */
  facets: readonly string[];
}

export interface SearchDocument {
  id: string;
  /**
   * Of two writes of one id the one with the greater version stays, whichever comes last; printable ASCII, compared
   * letter by letter. A UUIDv7 will do.
   */
  version: string;
  fields: Readonly<Record<string, string | boolean | readonly string[] | null>>;
}

export interface SearchQuery {
  /** Words in Swedish or English; empty finds everything. A word may be cut short or have a typing error. */
  text: string;
  /** Facet values that a document must have; several of one field are alternatives. */
  filters?: Readonly<Record<string, readonly (string | boolean)[]>>;
  /** Facets to count over everything found, with their most frequent values first, 1,000 at most. */
  facets?: readonly string[];
  /** 1 to 200. */
  limit: number;
  /** `offset` and `limit` together reach no further than 10,000. */
  offset?: number;
}

export interface SearchResult {
  hits: { id: string; score: number; fields: SearchDocument['fields'] }[];
  total: number;
  facets: Record<string, { value: string; count: number }[]>;
}

/**
 * Finds documents by all the words of a query: stems of Swedish and English (mjölk finds mjölken), ends of compounds (mjölk
 * finds lättmjölk), beginnings of words, one or two typing errors in longer words. Exact codes come first, then
 * exact words, then the rest; typing errors count only where nothing else is found. No sign in a query has a meaning.
 * It is a copy and can be filled anew; `refresh` makes writes visible to searches. What is out of bounds is
 * REQUEST_INVALID with its field; an engine that does not answer is SERVICE_UNAVAILABLE or DEADLINE_EXCEEDED.
 */
export interface SearchIndex {
  /** Each document is whole or not at all; of many, some may be there when it throws. Putting them again does no harm. */
  put(documents: readonly SearchDocument[]): Promise<void>;
  remove(documents: readonly { id: string; version: string }[]): Promise<void>;
  search(query: SearchQuery): Promise<SearchResult>;
  refresh(): Promise<void>;
  /** True until the index was filled once: put all there is, then call `markFilled`. It is new, or its fill was cut off. */
  readonly fresh: boolean;
  /** Says that all there is was put. Until then searches are answered by the former version, where there is one. */
  markFilled(): Promise<void>;
}

export interface Search {
  /** Several processes may open one index at once. */
  openIndex(definition: IndexDefinition): Promise<SearchIndex>;
  close(): Promise<void>;
}
