package io.firesteel.tensor;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The numbered chunks of a round of work, of which each thread has a share: neighbours of each
 * other, and the same ones in all rounds of as many. A thread that has done its share takes from
 * the others.
 *
 * <p>So it passes over memory in one direction, as processors expect, and finds again what its
 * cache has kept.
 */
final class ChunkShares {

  /*
   * The ticket of a share holds the number of the round in its upper half and, in its lower half,
   * how many chunks of the share nobody has taken yet. Whoever lowers it has the first of these, and
   * the round cannot end before he is done with it.
   */
  private final AtomicLong[] tickets;
  private volatile int chunks;

  ChunkShares(int threads) {
    this.tickets = new AtomicLong[threads];
    Arrays.setAll(tickets, share -> new AtomicLong());
  }

  /** Opens a round of at least one chunk. All of the last round must have been done. */
  void open(int count) {
    chunks = count;
    long round = ((tickets[0].get() >>> 32) + 1) << 32;
    for (int share = 0; share < Math.min(tickets.length, count); share++) {
      tickets[share].set(round | first(share + 1) - first(share));
    }
  }

  /** The first chunk of a share. */
  private int first(int share) {
    int all = chunks;
    return (int) ((long) all * share / Math.min(tickets.length, all));
  }

  /** The number of chunks of the round. */
  int count() {
    return chunks;
  }

  /** Tells whether there are chunks that nobody has taken. */
  boolean areLeft() {
    for (AtomicLong ticket : tickets) {
      if ((int) ticket.get() != 0) {
        return true;
      }
    }

    return false;
  }

  /** Takes a chunk, if possible of a thread's own share; returns -1 if none is left. */
  int take(int own) {
    for (int i = 0; i < tickets.length; i++) {
      int share = (own + i) % tickets.length;
      AtomicLong ticket = tickets[share];
      for (long seen = ticket.get(); (int) seen != 0; seen = ticket.get()) {
        if (ticket.compareAndSet(seen, seen - 1)) {
          return first(share + 1) - (int) seen;
        }
      }
    }

    return -1;
  }
}
