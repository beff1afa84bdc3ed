package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention without projections: called on a list of (query, value) or (query, value, key), each of
 * (steps, features) or, all of the same, axes before these; with two inputs the value is the key
 * too. The scores that {@link #callForScores} returns are of (steps of the query, steps of the
 * value). A step of the query gets the mean of the values, weighted by the softmax of its scores
 * with the keys. The query's mask is that of the output, which is 0 where it leaves a step out; a
 * step that the value's mask leaves out has a score of 10^9 less. The key's mask does not count.
 *
 * @param <L> the layer's own class
 */
abstract class ScoredAttention<L extends ScoredAttention<L>> extends AttentionLayer<L> {

  private final Scores scores;

  /** How a score is computed. */
  enum Mode {
    /** The product of query and key. */
    DOT,
    /** A weight times the sum of tanh(scale (query + key)). */
    CONCAT,
    /** The sum of scale tanh(query + key), with a scale for each feature. */
    ADDITIVE
  }

  /** The arguments. */
  record Scores(Mode mode, boolean useScale, double dropout, @Nullable Long seed) {}

  ScoredAttention(Scores scores, LayerOptions options) {
    super(options);
    this.scores = scores;
    Argument.belowOne(getClass().getSimpleName(), "dropout", scores.dropout());
  }

  abstract L with(Scores newScores);

  final Scores scores() {
    return scores;
  }

  /** Returns this layer with a trained scale of the scores or without. */
  public final L useScale(boolean value) {
    return with(new Scores(scores.mode, value, scores.dropout, scores.seed));
  }

  /** Returns this layer with a share, below 1, of the weights of steps dropped in training. */
  public final L dropout(double rate) {
    return with(new Scores(scores.mode, scores.useScale, rate, scores.seed));
  }

  /** Returns this layer with a seed of its own for dropout. */
  public final L seed(long value) {
    return with(new Scores(scores.mode, scores.useScale, scores.dropout, value));
  }

  @Override
  public final Shape computeOutputShape(List<Shape> inputs) {
    String name = getClass().getSimpleName();
    if (inputs.size() != 2 && inputs.size() != 3) {
      throw new IllegalArgumentException(
          "%s takes (query, value) or (query, value, key). Received: %d inputs"
              .formatted(name, inputs.size()));
    }

    Shape query = inputs.get(0);
    Shape key = inputs.get(inputs.size() - 1);
    List<Integer> axis = query.rank() < 2 ? null : List.of(query.rank() - 1);
    AttentionAxes.of(name, axis, query, inputs.get(1), key);
    if (query.dim(-1) != key.dim(-1)) {
      throw new IllegalArgumentException(
          "%s needs a key of as many features as the query, and of as many steps as the value. Received the shapes: %s"
              .formatted(name, inputs));
    }

    return query.withLast(inputs.get(1).dim(-1));
  }

  @Override
  final Shape scoresShape(List<Shape> inputs) {
    return inputs.get(0).withLast(inputs.get(1).dim(-2));
  }

  @Override
  public final @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    if (inputs.get(0).rank() > 2 && (masks.get(0) != null || masks.get(1) != null)) {
      throw new IllegalArgumentException(
          "The layer '%s' takes inputs of (steps, features) with a mask, no more axes. Received: %s"
              .formatted(name(), inputs));
    }

    return masks.get(0);
  }

  private ScoredAttentionPass pass(List<Shape> inputs, LayerCall call) {
    return new ScoredAttentionPass(scores, inputs, call);
  }

  @Override
  public final void forward(List<Shape> inputs, LayerCall call) {
    pass(inputs, call).forward();
  }

  @Override
  public final void backward(List<Shape> inputs, LayerCall call) {
    pass(inputs, call).backward();
  }

  @Override
  public Config getConfig() {
    Config.Builder config = baseConfig().put("use_scale", scores.useScale());
    if (scores.mode != Mode.ADDITIVE) {
      config.put("score_mode", scores.mode == Mode.DOT ? "dot" : "concat");
    }

    return config.put("dropout", scores.dropout()).put("seed", scores.seed()).build();
  }
}
