package io.firesteel.optimizers;

import io.firesteel.constraints.Constraint;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with the gradients of a step, in order: parts, each of which treats every
 * element by itself. {@link #run} does them chunk by chunk, shared among threads, so that several
 * parts find a chunk's values in the processor's cache.
 *
 * <p>Where chunks begin depends on the variables alone, and each begins at one of those that {@link
 * FloatOps} takes sums over; so neither threads nor their number change a bit of the result.
 *
 * <p>An optimizer uses it in {@link BaseOptimizer#updateVariables}. What has already been planned
 * then, such as weight decay, is done by the first {@code run}. The parts should be made once, not
 * in each step:
 *
 * <pre>{@code
 * private final StepPlan.Part move = this::move;
 *
 * protected void updateVariables(StepPlan step, float learningRate) {
 *   step.then(move).run();
 * }
 * }</pre>
 */
public final class StepPlan {

  /** A part of a plan. */
  @FunctionalInterface
  public interface Part {
    /**
     * Treats some elements of a gradient and its variable. Called by several threads at once, for
     * other elements.
     *
     * @param pair the position of the gradient in the step
     * @param from the first element
     * @param to the element after the last one
     */
    void apply(StepPlan step, int pair, int from, int to);
  }

  /*
   * A chunk's gradient, variable and two slots fit into a processor's own cache. A step of
   * fewer than INLINE elements takes not much longer than waking a thread.
   */
  static final int CHUNK = 2 * FloatOps.SUM_CHUNK;
  static final int INLINE = 16 * FloatOps.SUM_CHUNK;

  private final StepGradients step;
  private final ChunkPool threads;
  private final ChunkPool.Work work = this::runChunk;
  private final List<Part> parts = new ArrayList<>();
  private int[] positions = new int[16];
  private int[] starts = new int[16];
  private int[] ends = new int[16];
  private int[] firsts = new int[16];
  private int ranges;
  private int chunks;
  private int room;
  private long elements;

  StepPlan(StepGradients step, ChunkPool threads) {
    this.step = step;
    this.threads = threads;
  }

  /** Returns the number of gradients. */
  public int size() {
    return step.size();
  }

  /** Returns a gradient: unscaled, accumulated and clipped once {@link #run} has run. */
  public Tensor gradient(int pair) {
    return step.tensor(pair);
  }

  /** Returns the variable of a gradient. */
  public Variable variable(int pair) {
    return step.variable(pair);
  }

  /**
   * Has the next run visit all rows of all variables. Without it, a run visits only the rows that a
   * row-sparse gradient touches, which is right for parts that leave the others alone.
   */
  public void touchAll() {
    step.touchAll();
  }

  /** Adds a part, to be done in the next run after those that are there. */
  public StepPlan then(Part part) {
    parts.add(part);
    return this;
  }

  /** Does all parts with all elements, and forgets the parts. */
  public void run() {
    if (parts.isEmpty()) {
      return;
    }

    cut();
    if (elements < INLINE) {
      run(0, ranges);
    } else {
      threads.run(chunks, work);
    }

    parts.clear();
  }

  /** What is known of the rows that a gradient touches; null if it counts as one of all. */
  StepGradients.@Nullable TouchedRows touched(int pair) {
    return step.touched(pair);
  }

  /** Has the next run visit all rows of a variable. */
  void touchAll(int pair) {
    step.touchAll(pair);
  }

  /** Has the next run visit all rows if a factor turns zeros into NaN. */
  void touchAllUnlessFinite(float factor) {
    if (!Float.isFinite(factor)) {
      step.touchAll();
    }
  }

  /** Applies the constraints of the variables, of each to the whole of it. */
  void constrainVariables() {
    for (int i = 0; i < size(); i++) {
      Variable variable = variable(i);
      Constraint constraint = variable.constraint();
      if (constraint != null) {
        constraint.call(variable.shape(), variable.values());
      }
    }
  }

  /** Forgets all parts. */
  void clear() {
    parts.clear();
  }

  private void cut() {
    ranges = 0;
    chunks = 0;
    room = 0;
    elements = 0;
    for (int pair = 0; pair < step.size(); pair++) {
      StepGradients.TouchedRows rows = step.touched(pair);
      if (rows == null) {
        add(pair, 0, step.variable(pair).values().length);
      } else {
        rows.addTo(this, pair);
      }
    }
  }

  /** Adds a range of the elements of a pair. */
  void add(int pair, int from, int to) {
    for (int start = from; start < to; ) {
      int end = Math.min(to, start - start % CHUNK + CHUNK);
      if (end - start > room) {
        startChunk();
      }

      addRange(pair, start, end);
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

  private void addRange(int pair, int start, int end) {
    if (ranges == positions.length) {
      positions = Arrays.copyOf(positions, 2 * ranges);
      starts = Arrays.copyOf(starts, 2 * ranges);
      ends = Arrays.copyOf(ends, 2 * ranges);
    }

    positions[ranges] = pair;
    starts[ranges] = start;
    ends[ranges++] = end;
    room -= end - start;
    elements += end - start;
  }

  private void runChunk(int chunk) {
    run(firsts[chunk], chunk + 1 < chunks ? firsts[chunk + 1] : ranges);
  }

  private void run(int first, int last) {
    for (int range = first; range < last; range++) {
      for (int part = 0; part < parts.size(); part++) {
        parts.get(part).apply(this, positions[range], starts[range], ends[range]);
      }
    }
  }

  /** The factor that the loss was multiplied by, which gradients are divided by. */
  static final class LossScale {

    private final StepPlan.Part divide = this::divide;
    private @Nullable Double factor;
    private float inverse = 1;

    LossScale(@Nullable Double factor) {
      this.factor = factor;
    }

    @Nullable Double factor() {
      return factor;
    }

    void factor(@Nullable Double value) {
      factor = value;
    }

    /** Returns the factor, 1 if there is none. */
    float value() {
      return factor == null ? 1 : (float) (double) factor;
    }

    /** Divides the gradients of a step in its next run. */
    void undo(StepPlan step) {
      if (value() != 1) {
        inverse = 1 / value();
        step.touchAllUnlessFinite(inverse);
        step.then(divide);
      }
    }

    private void divide(StepPlan step, int pair, int from, int to) {
      FloatOps.multiply(step.gradient(pair).values(), from, to, inverse);
    }
  }

  /**
   * Makes slots zero where they decayed to almost nothing, before they are denormal.
   *
   * <p>That is done after every 16th update: in so many, values that are multiplied by 0.9 or more
   * stay far enough above the denormal numbers, and so do their products with rates and shares.
   */
  static final class DenormalFlush {

    private static final long EVERY = 16;

    private final IdentityHashMap<Variable, List<Variable>> slots = new IdentityHashMap<>();
    private final StepPlan.Part flush = this::flush;

    /** Forgets all slots. */
    void clear() {
      slots.clear();
    }

    /** Adds a slot of a variable. */
    void add(Variable variable, Variable slot) {
      slots.computeIfAbsent(variable, v -> new ArrayList<>()).add(slot);
    }

    /** Adds what is to be done after an update, if it is due. */
    void plan(StepPlan step, long update) {
      if (update % EVERY == 0 && !slots.isEmpty()) {
        step.then(flush);
      }
    }

    private void flush(StepPlan step, int pair, int from, int to) {
      List<Variable> all = slots.get(step.variable(pair));
      for (int i = 0; all != null && i < all.size(); i++) {
        FloatOps.flush(all.get(i).values(), from, to);
      }
    }
  }
}
