package io.firesteel.layers;

import io.firesteel.tensor.FloatMath;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pass of a {@link MultiHeadAttention} over a batch, and the way back. All of it lies in one
 * array: the projected queries, keys and values, for each row, head and step of the query the
 * weights of the steps of the value, what dropout multiplies these by, and the heads' outputs; then
 * the gradients of the same. A row of the {@linkplain AttentionAxes groups} of a row is one here.
 */
final class AttentionPass {

  private static final int GATE = 2;
  private static final int VALUE = 3;
  private static final int OUTPUT = 4;

  private final Attending a;
  private final AttentionAxes axes;
  private final List<Shape> inputs;
  private final int @Nullable [] queryPlaces;
  private final int @Nullable [] valuePlaces;
  private final int outputWidth;
  private final LayerCall call;
  private final int rows;
  private final int querySteps;
  private final int steps;
  private final float scale;
  private final int queries;
  private final int keys;
  private final int values;
  private final int weights;
  private final int factors;
  private final int heads;
  private final int ofQueries;
  private final int ofKeys;
  private final int ofValues;
  private final int ofHeads;
  private final int line;
  private final int other;
  private final int gates;
  private final int ofGates;
  private final int mixed;
  private final @Nullable ScoresBehind both;
  private final boolean isFused;
  private final float[] v;

  AttentionPass(
      Attending arguments,
      AttentionAxes axes,
      List<Shape> inputs,
      int outputWidth,
      LayerCall call) {
    this.a = arguments;
    this.axes = axes;
    this.queryPlaces = axes.queryPlaces();
    this.valuePlaces = axes.valuePlaces();
    this.inputs = inputs;
    this.outputWidth = outputWidth;
    this.call = call;
    this.rows = call.rows() * axes.groups();
    this.querySteps = axes.querySteps();
    this.steps = axes.valueSteps();
    this.scale = (float) (1.0 / Math.sqrt(a.keyDim));
    int forQueries = rows * querySteps * a.keyWidth();
    int forKeys = rows * steps * a.keyWidth();
    int forValues = rows * steps * a.valueWidth();
    int forWeights = rows * a.heads * querySteps * steps;
    int forHeads = rows * querySteps * a.valueWidth();
    this.queries = 0;
    this.keys = queries + forQueries;
    this.values = keys + forKeys;
    this.weights = values + forValues;
    this.factors = weights + forWeights;
    this.heads = factors + (drops() ? forWeights : 0);
    this.ofQueries = heads + forHeads;
    this.ofKeys = ofQueries + forQueries;
    this.ofValues = ofKeys + forKeys;
    this.ofHeads = ofValues + forValues;
    this.line = ofHeads + forHeads;
    this.other = line + steps;
    this.gates =
        other + rows * Math.max(steps * inputs.get(1).dim(-1), querySteps * inputs.get(0).dim(-1));
    this.ofGates = gates + (a.useGate ? forHeads : 0);
    this.mixed = ofGates + (a.useGate ? 2 * forHeads : 0);
    int forOutput = rows * querySteps * outputWidth;
    this.v = call.scratch(mixed + (call.returnAttentionScores() ? forOutput : 0));
    this.both =
        call.returnAttentionScores()
            ? new ScoresBehind(call.rows(), forOutput / call.rows(), forWeights / call.rows())
            : null;
    this.isFused = a.dropout == 0 && axes.isPlain() && both == null;
  }

  private boolean drops() {
    return call.training() && a.dropout > 0;
  }

  private int keyInput() {
    return Math.min(inputs.size() - 1, 2);
  }

  /** Returns the index of a kernel: of the query, the key, the gate, the value, the output. */
  private int weight(int projection) {
    int place = a.useGate || projection < GATE ? projection : projection - 1;
    return a.useBias ? 2 * place : place;
  }

  void forward() {
    project(0, 0, queries, querySteps, a.keyWidth());
    project(1, keyInput(), keys, steps, a.keyWidth());
    project(VALUE, 1, values, steps, a.valueWidth());
    drawFactors();
    Arrays.fill(v, heads, ofQueries, 0.0f);
    for (int row = 0; row < rows; row++) {
      for (int head = 0; head < a.heads; head++) {
        for (int t = 0; t < querySteps; t++) {
          attend(row, head, t);
        }
      }
    }

    int n = rows * querySteps;
    int gated = gate();
    float[] y = both == null ? call.output() : v;
    int to = both == null ? 0 : mixed;
    float[] kernel = call.weight(weight(OUTPUT));
    MatMul.multiplyPart(v, gated, kernel, y, to, n, a.valueWidth(), outputWidth);
    if (a.useBias) {
      FloatRanges.addToEach(call.weight(weight(OUTPUT) + 1), y, to, n * outputWidth);
    }

    if (both != null) {
      both.join(v, mixed, weights, call.output());
    }
  }

  /** Multiplies the heads' outputs by the gates, if there are any, and returns where they are. */
  private int gate() {
    if (!a.useGate) {
      return heads;
    }

    int n = rows * querySteps * a.valueWidth();
    project(GATE, 0, gates, querySteps, a.valueWidth());
    for (int i = 0; i < n; i++) {
      v[gates + i] = FloatMath.sigmoid(v[gates + i]);
      v[ofGates + n + i] = v[heads + i] * v[gates + i];
    }

    return ofGates + n;
  }

  private void project(int projection, int input, int to, int count, int width) {
    int n = rows * count;
    float[] kernel = call.weight(weight(projection));
    MatMul.multiplyPart(call.input(input), 0, kernel, v, to, n, inputs.get(input).dim(-1), width);
    if (a.useBias) {
      FloatRanges.addToEach(call.weight(weight(projection) + 1), v, to, n * width);
    }
  }

  private void drawFactors() {
    if (!drops()) {
      return;
    }

    RandomStream random = DropFactors.random(a.seed, call);
    DropFactors.draw(random, a.dropout, v, factors, heads - factors);
  }

  private int weightsOf(int row, int head, int t) {
    return ((row * a.heads + head) * querySteps + t) * steps;
  }

  private int queryPlace(int row, int t) {
    return queryPlaces == null ? row * querySteps + t : place(queryPlaces, row, querySteps, t);
  }

  private int valuePlace(int row, int s) {
    return valuePlaces == null ? row * steps + s : place(valuePlaces, row, steps, s);
  }

  private int place(int[] places, int row, int steps, int step) {
    int group = row % axes.groups();
    return row / axes.groups() * places.length + places[group * steps + step];
  }

  private int ofKey(int part, int row, int s, int head) {
    return part + valuePlace(row, s) * a.keyWidth() + head * a.keyDim;
  }

  private int ofValue(int part, int row, int s, int head) {
    return part + valuePlace(row, s) * a.valueWidth() + head * a.valueDim;
  }

  private int ofQuery(int part, int row, int t, int head) {
    return part + queryPlace(row, t) * a.keyWidth() + head * a.keyDim;
  }

  private int ofHead(int part, int row, int t, int head) {
    return part + queryPlace(row, t) * a.valueWidth() + head * a.valueDim;
  }

  private boolean counts(int row, int head, int t, int s) {
    Integer window = a.slidingWindow;
    return (window == null || Math.abs(t - s) < window)
        && counts(0, row * querySteps + t)
        && counts(1, row * steps + s)
        && (keyInput() == 1 || counts(2, row * steps + s))
        && (!call.useCausalMask() || s <= t)
        && (inputs.size() < 4
            || call.input(3)[(maskRow(row, head) * querySteps + t) * steps + s] != 0.0f);
  }

  /** Which of the attention masks counts: there is one for all groups, for each, or each head. */
  private int maskRow(int row, int head) {
    int more = inputs.get(3).rank() - axes.seen().rank();
    int ofGroup = more == 0 ? row / axes.groups() : row;
    return more > axes.others().size() ? row * a.heads + head : ofGroup;
  }

  private boolean counts(int input, int place) {
    boolean[] mask = call.mask(input);
    return mask == null || mask[place];
  }

  /** Computes the weights of a step of the query, and its output. */
  private void attend(int row, int head, int t) {
    int own = weights + weightsOf(row, head, t);
    int query = ofQuery(queries, row, t, head);
    float largest = Float.NEGATIVE_INFINITY;
    for (int s = 0; s < steps; s++) {
      v[own + s] = Float.NEGATIVE_INFINITY;
      if (counts(row, head, t, s)) {
        v[own + s] = dot(query, ofKey(keys, row, s, head), a.keyDim) * scale;
        largest = Math.max(largest, v[own + s]);
      }
    }

    float sum = 0.0f;
    for (int s = 0; s < steps; s++) {
      boolean out = v[own + s] == Float.NEGATIVE_INFINITY;
      v[own + s] = out ? 0.0f : FloatMath.exp(v[own + s] - largest);
      sum += v[own + s];
    }

    if (sum == 0.0f && isFused) {
      Arrays.fill(v, own, own + steps, 1.0f);
      sum = steps;
    }

    int to = ofHead(heads, row, t, head);
    for (int s = 0; s < steps && sum != 0.0f; s++) {
      v[own + s] /= sum;
      add(to, factor(own, s) * v[own + s], ofValue(values, row, s, head), a.valueDim);
    }
  }

  private float factor(int own, int s) {
    return drops() ? v[own - weights + factors + s] : 1.0f;
  }

  private float dot(int one, int two, int n) {
    float sum = 0.0f;
    for (int i = 0; i < n; i++) {
      sum += v[one + i] * v[two + i];
    }

    return sum;
  }

  private void add(int to, float factor, int from, int n) {
    for (int i = 0; i < n; i++) {
      v[to + i] += factor * v[from + i];
    }
  }

  void backward() {
    int n = rows * querySteps;
    if (both != null) {
      both.takeValues(call.outputGradient(), v, mixed);
    }

    float[] g = both == null ? call.outputGradient() : v;
    int ofOutput = both == null ? 0 : mixed;
    MatMul.timesTransposedPart(
        g, ofOutput, call.weight(weight(OUTPUT)), v, ofHeads, n, outputWidth, a.valueWidth());
    int size = n * a.valueWidth();
    int gated = a.useGate ? ofGates + size : heads;
    weightGradients(OUTPUT, v, gated, a.valueWidth(), g, ofOutput, outputWidth, n);
    for (int i = 0; i < size && a.useGate; i++) {
      float gate = v[gates + i];
      v[ofGates + i] = v[ofHeads + i] * v[heads + i] * gate * (1.0f - gate);
      v[ofHeads + i] *= gate;
    }

    Arrays.fill(v, ofQueries, ofHeads, 0.0f);
    for (int row = 0; row < rows; row++) {
      for (int head = 0; head < a.heads; head++) {
        for (int t = 0; t < querySteps; t++) {
          attendBackward(row, head, t);
        }
      }
    }

    projectBackward(0, 0, ofQueries, querySteps, a.keyWidth());
    projectBackward(1, keyInput(), ofKeys, steps, a.keyWidth());
    projectBackward(VALUE, 1, ofValues, steps, a.valueWidth());
    if (a.useGate) {
      projectBackward(GATE, 0, ofGates, querySteps, a.valueWidth());
    }

    float[] ofMask = inputs.size() < 4 ? null : call.inputGradient(3);
    if (ofMask != null) {
      Arrays.fill(ofMask, 0, call.rows() * inputs.get(3).size(), 0.0f);
    }
  }

  /** With p the weights and d their gradients, those of the scores are p (d - sum p d). */
  private void attendBackward(int row, int head, int t) {
    int own = weights + weightsOf(row, head, t);
    int of = ofHead(ofHeads, row, t, head);
    float mean = 0.0f;
    for (int s = 0; s < steps; s++) {
      float factor = factor(own, s);
      v[line + s] = factor * dot(of, ofValue(values, row, s, head), a.valueDim);
      if (both != null) {
        v[line + s] += call.outputGradient()[both.place(own - weights + s)];
      }

      mean += v[line + s] * v[own + s];
      add(ofValue(ofValues, row, s, head), factor * v[own + s], of, a.valueDim);
    }

    for (int s = 0; s < steps; s++) {
      float ofScore = v[own + s] * (v[line + s] - mean) * scale;
      if (ofScore != 0.0f && counts(row, head, t, s)) {
        add(ofQuery(ofQueries, row, t, head), ofScore, ofKey(keys, row, s, head), a.keyDim);
        add(ofKey(ofKeys, row, s, head), ofScore, ofQuery(queries, row, t, head), a.keyDim);
      }
    }
  }

  private void projectBackward(int projection, int input, int of, int count, int width) {
    int n = rows * count;
    int features = inputs.get(input).dim(-1);
    weightGradients(projection, call.input(input), 0, features, v, of, width, n);
    float[] ofInput = call.inputGradient(input);
    if (ofInput == null) {
      return;
    }

    float[] kernel = call.weight(weight(projection));
    if (projection == GATE || (projection == VALUE && keyInput() == 1)) {
      MatMul.timesTransposedPart(v, of, kernel, v, other, n, width, features);
      for (int i = 0; i < n * features; i++) {
        ofInput[i] += v[other + i];
      }
    } else {
      MatMul.timesTransposedPart(v, of, kernel, ofInput, 0, n, width, features);
    }
  }

  private void weightGradients(
      int projection, float[] x, int xStart, int features, float[] g, int of, int width, int n) {
    float[] ofKernel = call.weightGradient(weight(projection));
    if (ofKernel != null) {
      Arrays.fill(ofKernel, 0.0f);
      MatMul.addTransposedTimesPart(x, xStart, g, of, ofKernel, 0, n, features, width);
    }

    float[] ofBias = a.useBias ? call.weightGradient(weight(projection) + 1) : null;
    if (ofBias != null) {
      FloatRanges.sumOfAll(g, of, n * width, ofBias);
    }
  }
}
