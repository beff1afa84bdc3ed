package io.firesteel.layers;

import io.firesteel.tensor.FloatMath;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pass of a {@link ScoredAttention} over a batch, and the way back. Scratch holds for each row
 * and step of the query the weights of the steps of the value, what dropout multiplies these by,
 * and a line of gradients.
 */
final class ScoredAttentionPass {

  private static final float MASKED = 1e9f;

  private final ScoredAttention.Scores s;
  private final LayerCall call;
  private final int rows;
  private final int querySteps;
  private final int steps;
  private final int width;
  private final int valueWidth;
  private final int lines;
  private final int outputWidth;
  private final boolean withScores;
  private final int keyInput;
  private final int factors;
  private final int line;
  private final float[] v;

  ScoredAttentionPass(ScoredAttention.Scores scores, List<Shape> inputs, LayerCall call) {
    this.s = scores;
    this.call = call;
    Shape query = inputs.get(0);
    this.querySteps = query.dim(-2);
    this.steps = inputs.get(1).dim(-2);
    this.width = query.dim(-1);
    this.valueWidth = inputs.get(1).dim(-1);
    this.lines = query.size() / width;
    this.rows = call.rows() * (lines / querySteps);
    this.withScores = call.returnAttentionScores();
    this.outputWidth = valueWidth + (withScores ? steps : 0);
    this.keyInput = inputs.size() - 1;
    this.factors = rows * querySteps * steps;
    this.line = factors + (drops() ? factors : 0);
    this.v = call.scratch(line + steps);
  }

  private boolean drops() {
    return call.training() && s.dropout() > 0;
  }

  private boolean counts(int input, int place) {
    boolean[] mask = call.mask(input);
    return mask == null || mask[place];
  }

  private float factor(int own, int step) {
    return drops() ? v[factors + own + step] : 1.0f;
  }

  void forward() {
    drawFactors();
    float[] y = call.output();
    Arrays.fill(y, 0, rows * querySteps * outputWidth, 0.0f);
    for (int line = 0; line < rows * querySteps; line++) {
      weigh(line);
      float[] values = call.input(1);
      int to = output(line);
      int first = line / querySteps * steps;
      for (int step = 0; step < steps && counts(0, line); step++) {
        float weight = factor(line * steps, step) * v[line * steps + step];
        for (int i = 0; i < valueWidth; i++) {
          y[to + i] += weight * values[(first + step) * valueWidth + i];
        }
      }

      for (int step = 0; withScores && step < steps; step++) {
        y[score(line) + step] = factor(line * steps, step) * v[line * steps + step];
      }
    }
  }

  /** Returns where the output of a step of the query is, behind what it is for the rows before. */
  private int output(int line) {
    int row = line / lines;
    return row * lines * outputWidth + (line - row * lines) * valueWidth;
  }

  /** Returns where the scores of a step of the query are, behind the output of its row. */
  private int score(int line) {
    int row = line / lines;
    return row * lines * outputWidth + lines * valueWidth + (line - row * lines) * steps;
  }

  private void drawFactors() {
    if (!drops()) {
      return;
    }

    RandomStream random = DropFactors.random(s.seed(), call);
    DropFactors.draw(random, s.dropout(), v, factors, line - factors);
  }

  /** Computes the weights of a step of the query, the softmax of its scores. */
  private void weigh(int queryStep) {
    int own = queryStep * steps;
    int first = queryStep / querySteps * steps;
    float largest = Float.NEGATIVE_INFINITY;
    for (int step = 0; step < steps; step++) {
      float score = score(queryStep * width, (first + step) * width);
      boolean seen = !call.useCausalMask() || step <= queryStep % querySteps;
      v[own + step] = seen && counts(1, first + step) ? score : score - MASKED;
      largest = Math.max(largest, v[own + step]);
    }

    float sum = 0.0f;
    for (int step = 0; step < steps; step++) {
      v[own + step] = FloatMath.exp(v[own + step] - largest);
      sum += v[own + step];
    }

    for (int step = 0; step < steps; step++) {
      v[own + step] /= sum;
    }
  }

  private float scale(int feature) {
    if (!s.useScale()) {
      return 1.0f;
    }

    return call.weight(0)[s.mode() == ScoredAttention.Mode.ADDITIVE ? feature : 0];
  }

  private float ofConcat() {
    return call.weight(s.useScale() ? 1 : 0)[0];
  }

  private float score(int query, int key) {
    float[] q = call.input(0);
    float[] k = call.input(keyInput);
    float sum = 0.0f;
    for (int i = 0; i < width; i++) {
      sum +=
          switch (s.mode()) {
            case DOT -> q[query + i] * k[key + i];
            case CONCAT -> FloatMath.tanh(scale(0) * (q[query + i] + k[key + i]));
            case ADDITIVE -> scale(i) * FloatMath.tanh(q[query + i] + k[key + i]);
          };
    }

    return switch (s.mode()) {
      case DOT -> s.useScale() ? sum * scale(0) : sum;
      case CONCAT -> ofConcat() * sum;
      case ADDITIVE -> sum;
    };
  }

  void backward() {
    clear(call.inputGradient(0), querySteps * width);
    clear(call.inputGradient(1), steps * valueWidth);
    clear(call.inputGradient(keyInput), steps * (keyInput == 1 ? valueWidth : width));
    float[] ofFirst = hasWeights() ? call.weightGradient(0) : null;
    if (ofFirst != null) {
      Arrays.fill(ofFirst, 0.0f);
    }

    float[] ofSecond = hasTwoWeights() ? call.weightGradient(1) : null;
    if (ofSecond != null) {
      Arrays.fill(ofSecond, 0.0f);
    }

    for (int queryStep = 0; queryStep < rows * querySteps; queryStep++) {
      if (counts(0, queryStep) || withScores) {
        backward(queryStep);
      }
    }
  }

  private boolean hasWeights() {
    return s.useScale() || s.mode() == ScoredAttention.Mode.CONCAT;
  }

  private boolean hasTwoWeights() {
    return s.useScale() && s.mode() == ScoredAttention.Mode.CONCAT;
  }

  private void clear(float @Nullable [] gradient, int size) {
    if (gradient != null) {
      Arrays.fill(gradient, 0, rows * size, 0.0f);
    }
  }

  /** With p the weights and d their gradients, those of the scores are p (d - sum p d). */
  private void backward(int queryStep) {
    int own = queryStep * steps;
    int first = queryStep / querySteps * steps;
    int from = output(queryStep);
    float[] g = call.outputGradient();
    float[] values = call.input(1);
    float[] ofValues = call.inputGradient(1);
    float mean = 0.0f;
    boolean counts = counts(0, queryStep);
    for (int step = 0; step < steps; step++) {
      float factor = factor(own, step);
      int value = (first + step) * valueWidth;
      float sum = withScores ? g[score(queryStep) + step] : 0.0f;
      for (int i = 0; i < valueWidth && counts; i++) {
        float of = g[from + i];
        sum += of * values[value + i];
        if (ofValues != null) {
          ofValues[value + i] += factor * v[own + step] * of;
        }
      }

      v[line + step] = factor * sum;
      mean += v[line + step] * v[own + step];
    }

    for (int step = 0; step < steps; step++) {
      float ofScore = v[own + step] * (v[line + step] - mean);
      if (ofScore != 0.0f) {
        scoreBackward(queryStep * width, (first + step) * width, ofScore);
      }
    }
  }

  private void scoreBackward(int query, int key, float ofScore) {
    float[] q = call.input(0);
    float[] k = call.input(keyInput);
    float[] ofQuery = call.inputGradient(0);
    float[] ofKey = call.inputGradient(keyInput);
    float[] ofScale = s.useScale() ? call.weightGradient(0) : null;
    float[] ofConcat =
        s.mode() == ScoredAttention.Mode.CONCAT ? call.weightGradient(s.useScale() ? 1 : 0) : null;
    for (int i = 0; i < width; i++) {
      float sum = q[query + i] + k[key + i];
      float toQuery;
      float toKey;
      float toScale;
      if (s.mode() == ScoredAttention.Mode.DOT) {
        toQuery = ofScore * k[key + i] * scale(0);
        toKey = ofScore * q[query + i] * scale(0);
        toScale = ofScore * q[query + i] * k[key + i];
      } else {
        boolean concat = s.mode() == ScoredAttention.Mode.CONCAT;
        float tanh = FloatMath.tanh(concat ? scale(0) * sum : sum);
        float slope = ofScore * (1.0f - tanh * tanh) * (concat ? ofConcat() : 1.0f);
        toQuery = slope * scale(concat ? 0 : i);
        toKey = toQuery;
        toScale = concat ? slope * sum : ofScore * tanh;
        if (ofConcat != null) {
          ofConcat[0] += ofScore * tanh;
        }
      }

      if (ofQuery != null) {
        ofQuery[query + i] += toQuery;
      }

      if (ofKey != null) {
        ofKey[key + i] += toKey;
      }

      if (ofScale != null) {
        ofScale[s.mode() == ScoredAttention.Mode.ADDITIVE ? i : 0] += toScale;
      }
    }
  }
}
