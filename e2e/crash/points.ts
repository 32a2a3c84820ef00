/** Where a kill strikes. `needsHub`: only where the hub runs and the line is whole. */
export interface Point {
  kills: 'edge' | 'hub' | 'both';
  needsHub: boolean;
  /** What is going on when the kill strikes. */
  meaning: string;
}

/**
 * Every point is known from outside: by what the disk, the line and the clients see. The product has no
 * switch for any of them.
 */
export const POINTS = {
  'edge-any-time': { kills: 'edge', needsHub: false, meaning: 'some milliseconds into a rush of sales' },
  'edge-line-cut': { kills: 'edge', needsHub: false, meaning: 'the same with the line cut' },
  'edge-writes': { kills: 'edge', needsHub: false, meaning: 'the write-ahead log grows' },
  'edge-checkpoints': { kills: 'edge', needsHub: false, meaning: 'a checkpoint writes the main file' },
  'edge-answered': { kills: 'edge', needsHub: false, meaning: 'a client has just read its answer' },
  'edge-starting': { kills: 'edge', needsHub: false, meaning: 'it is killed again while it starts' },
  'edge-first-load': {
    kills: 'edge',
    needsHub: true,
    meaning: 'a new box has staged a part of its first load',
  },
  'edge-push-unanswered': {
    kills: 'edge',
    needsHub: true,
    meaning: 'the hub has answered a push, the box has not heard it',
  },
  'edge-acknowledged': { kills: 'edge', needsHub: true, meaning: 'the answer to a push arrives at the box' },
  'hub-any-time': { kills: 'hub', needsHub: true, meaning: 'some milliseconds into a rush of sales' },
  'hub-line-cut': { kills: 'hub', needsHub: false, meaning: 'while no shop reaches it' },
  'hub-push-arrived': { kills: 'hub', needsHub: true, meaning: 'a push has reached it and is not answered' },
  'hub-push-journalled': {
    kills: 'hub',
    needsHub: true,
    meaning: 'a push is journalled, its answer has not gone back',
  },
  'hub-applies': { kills: 'hub', needsHub: true, meaning: 'a fact of a push is written to its service' },
  'hub-publishes': { kills: 'hub', needsHub: true, meaning: 'its outbox holds events not yet published' },
  'hub-starting': { kills: 'hub', needsHub: true, meaning: 'it is killed again while it starts' },
  'both-any-time': { kills: 'both', needsHub: true, meaning: 'edge and hub at once, in a rush of sales' },
  'both-push-unanswered': {
    kills: 'both',
    needsHub: true,
    meaning: 'edge and hub at once, with a push journalled and not answered',
  },
} as const satisfies Record<string, Point>;

export type PointName = keyof typeof POINTS;
export const POINT_NAMES = Object.keys(POINTS) as PointName[];
