package io.firesteel.ml;

import io.firesteel.models.Model;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * Reads what {@link ModelWriter} saves.
 *
 * @param <M> the model
 */
final class ModelReader<M extends Params> extends MLReader<M> {

  /**
   * Makes a model of what was saved.
   *
   * @param <M> the model
   */
  interface Made<M> {
    M of(String uid, Model network, @Nullable KerasTrainingSummary summary);
  }

  private final Class<M> type;
  private final Made<M> made;

  ModelReader(Class<M> type, Made<M> made) {
    this.type = type;
    this.made = made;
  }

  @Override
  public M load(String path) {
    DefaultParamsReader.Metadata metadata = SparkMl.loadMetadata(path, sparkSession(), type);
    ModelFolder folder = ModelFolder.at(path);
    M model = made.of(metadata.uid(), folder.model(), folder.summary());
    metadata.getAndSetParams(model, Option.empty());
    return model;
  }

  /** Saves a trained model: Spark's metadata with the params, and the folder's files. */
  static final class ModelWriter extends MLWriter {

    private final Params stage;
    private final Model network;
    private final @Nullable KerasTrainingSummary summary;

    ModelWriter(Params stage, Model network, @Nullable KerasTrainingSummary summary) {
      this.stage = stage;
      this.network = network;
      this.summary = summary;
    }

    @Override
    public void saveImpl(String path) {
      SparkMl.saveMetadata(stage, path, sparkSession());
      ModelFolder.at(path).write(network, summary);
    }
  }
}
