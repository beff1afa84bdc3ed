package io.firesteel.optimizers;

import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.FloatOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The elements of a step in chunks for threads: a large variable is cut into several, small ones
 * share one. Several parts of a step are done chunk by chunk, so that they find the values in the
 * processor's cache.
 *
 * <p>Where chunks begin depends on the variables alone, and each begins at one of those that {@link
 * FloatOps} takes sums over. The arrays are kept from step to step.
 *
 * @param <S> what the parts need to know of the step
 */
final class StepChunks<S> implements ChunkPool.Work {

  /*
   * A chunk's gradient, variable and two slots fit into a processor's own cache. A step below
   * INLINE elements takes about as long as waking a thread.
   */
  static final int CHUNK = 2 * FloatOps.SUM_CHUNK;
  static final int INLINE = 4 * FloatOps.SUM_CHUNK;

  private final S step;
  private final ChunkPool threads;
  private final List<RangeStep<S>> parts = new ArrayList<>();
  private int[] positions = new int[16];
  private int[] starts = new int[16];
  private int[] ends = new int[16];
  private int[] firsts = new int[16];
  private int ranges;
  private int chunks;
  private int room;
  private long elements;

  StepChunks(S step, ChunkPool threads) {
    this.step = step;
    this.threads = threads;
  }

  /** Forgets all ranges and parts. */
  void clear() {
    parts.clear();
    clearRanges();
  }

  /** Forgets all ranges. */
  void clearRanges() {
    ranges = 0;
    chunks = 0;
    room = 0;
    elements = 0;
  }

  /** Adds a part, to be done after those that are there. */
  void then(RangeStep<S> part) {
    parts.add(part);
  }

  /** Tells whether there is nothing to do. */
  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Adds a range of the elements of the variable at a position. */
  void add(int position, int from, int to) {
    for (int start = from; start < to; ) {
      int end = Math.min(to, start - start % CHUNK + CHUNK);
      if (end - start > room) {
        startChunk();
      }

      addRange(position, start, end);
      start = end;
    }
  }

  private void startChunk() {
    if (chunks == firsts.length) {
      firsts = Arrays.copyOf(firsts, 2 * chunks);
    }

    firsts[chunks++] = ranges;
    room = CHUNK;
  }

  private void addRange(int position, int start, int end) {
    if (ranges == positions.length) {
      positions = Arrays.copyOf(positions, 2 * ranges);
      starts = Arrays.copyOf(starts, 2 * ranges);
      ends = Arrays.copyOf(ends, 2 * ranges);
    }

    positions[ranges] = position;
    starts[ranges] = start;
    ends[ranges++] = end;
    room -= end - start;
    elements += end - start;
  }

  /** Does all parts on all ranges. */
  void run() {
    if (elements < INLINE) {
      run(0, ranges);
    } else {
      threads.run(chunks, this);
    }
  }

  @Override
  public void run(int chunk) {
    run(firsts[chunk], chunk + 1 < chunks ? firsts[chunk + 1] : ranges);
  }

  private void run(int first, int last) {
    for (int range = first; range < last; range++) {
      for (int part = 0; part < parts.size(); part++) {
        parts.get(part).apply(step, positions[range], starts[range], ends[range]);
      }
    }
  }
}
