package io.firesteel.training;

import io.firesteel.tensor.ChunkPool;
import io.firesteel.variables.Variable;
import io.firesteel.variables.VariableValues;
import java.util.List;
import java.util.stream.Stream;

/**
 * The trainable variables and the optimizer's state as they were before a step, to go back to. Its
 * arrays are used again.
 */
final class StateCopy {

  private static final int CHUNK = 65_536;

  private final List<Variable> originals;
  private final float[][] copies;
  private final long[] integers;
  private final VariableValues values;

  /** Creates room for a copy. Variables that are not trainable do not change in a step. */
  StateCopy(List<Variable> variables, List<Variable> ofOptimizer) {
    List<Variable> trainable = variables.stream().filter(Variable::trainable).toList();
    this.originals = Stream.concat(trainable.stream(), ofOptimizer.stream()).toList();
    this.copies = new float[originals.size()][];
    this.integers = new long[originals.size()];
    for (int i = 0; i < copies.length; i++) {
      Variable original = originals.get(i);
      copies[i] = new float[original.isInteger() ? 0 : original.values().length];
    }

    float[][] all = new float[variables.size()][];
    int next = 0;
    for (int i = 0; i < all.length; i++) {
      Variable variable = variables.get(i);
      all[i] = variable.trainable() ? copies[next++] : variable.values();
    }

    this.values = VariableValues.wrap(all);
  }

  /** Returns the copies of a model's variables, and those themselves that are not trainable. */
  VariableValues values() {
    return values;
  }

  /** Copies all. */
  void take() {
    copy(true);
  }

  /** Writes all back. */
  void restore() {
    copy(false);
  }

  private void copy(boolean out) {
    for (int i = 0; i < copies.length; i++) {
      Variable original = originals.get(i);
      if (!original.isInteger()) {
        float[] own = original.values();
        copy(out ? own : copies[i], out ? copies[i] : own);
      } else if (out) {
        integers[i] = original.integer();
      } else {
        original.assign(integers[i]);
      }
    }
  }

  /** Large arrays by several threads. */
  private static void copy(float[] from, float[] to) {
    int chunks = (from.length + CHUNK - 1) / CHUNK;
    ChunkPool.shared()
        .run(
            chunks,
            chunk -> {
              int first = chunk * CHUNK;
              System.arraycopy(from, first, to, first, Math.min(CHUNK, from.length - first));
            });
  }
}
