package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;

/**
 * Additive attention (Bahdanau et al. 2014; Keras 3.15,
 * keras/src/layers/attention/additive_attention.py): the score of a step of the query and one of
 * the key is the sum of scale tanh(query + key), with a trained scale for each feature.
 *
 * <p>Differs from Keras: inputs with more axes than (steps, features) have no masks.
 */
public final class AdditiveAttention extends ScoredAttention<AdditiveAttention> {

  private static final String NAME = "AdditiveAttention";

  private AdditiveAttention(Scores scores, LayerOptions options) {
    super(scores, options);
  }

  /** Returns the layer with Keras's defaults: with a scale, no dropout. */
  public static AdditiveAttention of() {
    return new AdditiveAttention(new Scores(Mode.ADDITIVE, true, 0, null), LayerOptions.DEFAULT);
  }

  static AdditiveAttention fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Scores scores =
        new Scores(
            Mode.ADDITIVE,
            reader.bool("use_scale", true),
            reader.number("dropout", 0),
            reader.nullableInteger("seed", null));
    AdditiveAttention layer = new AdditiveAttention(scores, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected AdditiveAttention with(LayerOptions newOptions) {
    return new AdditiveAttention(scores(), newOptions);
  }

  @Override
  AdditiveAttention with(Scores newScores) {
    return new AdditiveAttention(newScores, options());
  }

  @Override
  public List<WeightSpec> weights(List<Shape> inputs) {
    Shape shape = Shape.of(inputs.get(0).dim(-1));
    return scores().useScale()
        ? List.of(WeightOptions.of("glorot_uniform").spec("scale", shape, trainable()))
        : List.of();
  }
}
