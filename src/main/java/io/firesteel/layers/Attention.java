package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention by products (Luong et al. 2015; Keras 3.15, keras/src/layers/attention/attention.py):
 * the score of a step of the query and one of the key is their product, with {@code use_scale}
 * times a trained number; with the {@code score_mode} {@code concat} it is a trained number times
 * the sum of tanh(scale (query + key)).
 *
 * <p>Differs from Keras: inputs with more axes than (steps, features) have no masks.
 */
public final class Attention extends ScoredAttention<Attention> {

  private static final String NAME = "Attention";

  private Attention(Scores scores, LayerOptions options) {
    super(scores, options);
  }

  /** Returns the layer with Keras's defaults: products, no scale, no dropout. */
  public static Attention of() {
    return new Attention(new Scores(Mode.DOT, false, 0, null), LayerOptions.DEFAULT);
  }

  /** Returns this layer with scores of the mode {@code dot} or {@code concat}. */
  public Attention scoreMode(String value) {
    Config config = Config.builder().put("score_mode", value).build();
    Mode mode = mode(config.reader(NAME));
    return with(new Scores(mode, scores().useScale(), scores().dropout(), scores().seed()));
  }

  private static Mode mode(ConfigReader reader) {
    return switch (reader.string("score_mode", "dot")) {
      case "dot" -> Mode.DOT;
      case "concat" -> Mode.CONCAT;
      default -> throw reader.invalid("score_mode", "one of dot, concat");
    };
  }

  static Attention fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Scores scores =
        new Scores(
            mode(reader),
            reader.bool("use_scale", false),
            reader.number("dropout", 0),
            reader.nullableInteger("seed", null));
    Attention layer = new Attention(scores, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Attention with(LayerOptions newOptions) {
    return new Attention(scores(), newOptions);
  }

  @Override
  Attention with(Scores newScores) {
    return new Attention(newScores, options());
  }

  @Override
  public List<WeightSpec> weights(List<Shape> inputs) {
    List<WeightSpec> weights = new ArrayList<>();
    WeightOptions one = WeightOptions.of("ones");
    if (scores().useScale()) {
      weights.add(one.spec("scale", Shape.scalar(), trainable()));
    }

    if (scores().mode() == Mode.CONCAT) {
      weights.add(one.spec("concat_score_weight", Shape.scalar(), trainable()));
    }

    return weights;
  }
}
