package io.firesteel.models;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code compile}, for a model of several outputs above all: Keras's {@code
 * compile(optimizer, loss, loss_weights, metrics, weighted_metrics)}.
 *
 * <pre>{@code
 * model.compile(
 *     CompileOptions.of("adam", Map.of("price", "mse", "sold", "binary_crossentropy"))
 *         .lossWeights(Map.of("price", 0.5, "sold", 1.0))
 *         .metrics(Map.of("sold", List.of("accuracy", "auc"))));
 * }</pre>
 *
 * <p>What is given for each output comes as a list in the order of the outputs, or as a map by the
 * name of the layer whose output it is. An output without a loss has no part in training.
 *
 * @param optimizer an optimizer, its name or its config
 * @param loss a loss, its name or its config, for all outputs or for each
 * @param lossWeights what the losses are multiplied by before they are added; null for 1
 * @param metrics metrics that sample weights don't count in, their names or configs; of a model of
 *     several outputs for each one, or a list of several
 * @param weightedMetrics metrics that sample and class weights count in, likewise
 */
public record CompileOptions(
    Object optimizer,
    Object loss,
    @Nullable Object lossWeights,
    Object metrics,
    Object weightedMetrics) {

  /** Returns options without metrics. */
  public static CompileOptions of(Object optimizer, Object loss) {
    return new CompileOptions(optimizer, loss, null, List.of(), List.of());
  }

  /** Returns these options with a number for each output, in order. */
  public CompileOptions lossWeights(List<? extends Number> weights) {
    return new CompileOptions(optimizer, loss, weights, metrics, weightedMetrics);
  }

  /** Returns these options with a number for each output, by name. */
  public CompileOptions lossWeights(Map<String, ? extends Number> weights) {
    return new CompileOptions(optimizer, loss, weights, metrics, weightedMetrics);
  }

  /** Returns these options with metrics that sample weights don't count in. */
  public CompileOptions metrics(List<?> values) {
    return new CompileOptions(optimizer, loss, lossWeights, values, weightedMetrics);
  }

  /** Returns these options with metrics that sample weights don't count in, by output. */
  public CompileOptions metrics(Map<String, ?> values) {
    return new CompileOptions(optimizer, loss, lossWeights, values, weightedMetrics);
  }

  /** Returns these options with metrics that sample weights count in. */
  public CompileOptions weightedMetrics(List<?> values) {
    return new CompileOptions(optimizer, loss, lossWeights, metrics, values);
  }

  /** Returns these options with metrics that sample weights count in, by output. */
  public CompileOptions weightedMetrics(Map<String, ?> values) {
    return new CompileOptions(optimizer, loss, lossWeights, metrics, values);
  }
}
