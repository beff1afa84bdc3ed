package io.firesteel.internal.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where a backward pass keeps the gradients of outputs. A gradient has a buffer from the first node
 * that writes it, which is the last one that reads the output, until its own node has run; then
 * others use the buffer. Each further reader writes elsewhere, and that is added.
 */
final class GradientPlan {

  /** What says that nobody needs a gradient. */
  static final int NONE = -1;

  private final int[] ofOutput;
  private final int[][] ofInputs;
  private final boolean[][] adds;
  private final boolean[] active;
  private final boolean[] unread;
  private final List<Integer> sizes = new ArrayList<>();
  private final Deque<Integer> free = new ArrayDeque<>();

  GradientPlan(List<Node> nodes, List<Integer> outputs) {
    this.ofOutput = new int[nodes.size()];
    this.ofInputs = new int[nodes.size()][];
    this.adds = new boolean[nodes.size()][];
    this.active = new boolean[nodes.size()];
    this.unread = new boolean[nodes.size()];
    Arrays.fill(ofOutput, NONE);
    for (int i = 0; i < active.length; i++) {
      active[i] = nodes.get(i).hasTrainableWeights();
      for (int source : nodes.get(i).sources()) {
        active[i] |= source >= 0 && active[source];
      }
    }

    for (int output : outputs) {
      if (ofOutput[output] == NONE) {
        ofOutput[output] = take(nodes.get(output).outputSize());
      }
    }

    for (int i = active.length - 1; i >= 0; i--) {
      plan(nodes, i);
    }
  }

  private void plan(List<Node> nodes, int i) {
    int[] sources = nodes.get(i).sources();
    if (active[i] && ofOutput[i] == NONE) {
      unread[i] = true;
      ofOutput[i] = take(nodes.get(i).outputSize());
    }

    ofInputs[i] = new int[sources.length];
    adds[i] = new boolean[sources.length];
    Arrays.fill(ofInputs[i], NONE);
    List<Integer> temporary = new ArrayList<>();
    for (int k = 0; k < sources.length && active[i]; k++) {
      if (sources[k] < 0 || !active[sources[k]]) {
        continue;
      }

      int slot = take(nodes.get(sources[k]).outputSize());
      ofInputs[i][k] = slot;
      if (ofOutput[sources[k]] == NONE) {
        ofOutput[sources[k]] = slot;
      } else {
        adds[i][k] = true;
        temporary.add(slot);
      }
    }

    free.addAll(temporary);
    if (ofOutput[i] != NONE) {
      free.addFirst(ofOutput[i]);
    }
  }

  private int take(int size) {
    Integer known = free.poll();
    int slot = known == null ? sizes.size() : known;
    if (known == null) {
      sizes.add(0);
    }

    sizes.set(slot, Math.max(sizes.get(slot), size));
    return slot;
  }

  /** Tells whether a node runs backward: it or one that it reads is trained. */
  boolean isActive(int node) {
    return active[node];
  }

  /** Tells whether nobody reads the output of a node that runs backward: its gradient is 0. */
  boolean isUnread(int node) {
    return unread[node];
  }

  /** Returns the buffer of the gradient of a node's output. */
  int ofOutput(int node) {
    return ofOutput[node];
  }

  /** Returns the buffers that a node writes the gradients of its inputs to. */
  int[] ofInputs(int node) {
    return ofInputs[node];
  }

  /** Tells whether the gradient of an input is to be added to that of others. */
  boolean adds(int node, int input) {
    return adds[node][input];
  }

  /** Returns the sizes of the buffers for one row. */
  int[] sizes() {
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Returns for each node the gradients that are complete once it has run backward: those of its
   * weights, unless an earlier call of the same layer adds to them.
   *
   * @param places the index of each variable's gradient, -1 where there is none
   */
  static int[][] completedBy(List<Node> nodes, int[] places) {
    boolean[] seen = new boolean[places.length];
    int[][] completed = new int[nodes.size()][];
    for (int i = 0; i < completed.length; i++) {
      IntStream.Builder gradients = IntStream.builder();
      for (int k = nodes.get(i).firstVariable(); k < nodes.get(i).endVariable(); k++) {
        if (places[k] != NONE && !seen[k]) {
          gradients.add(places[k]);
        }

        seen[k] = true;
      }

      completed[i] = gradients.build().toArray();
    }

    return completed;
  }
}
