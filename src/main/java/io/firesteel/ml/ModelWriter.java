package io.firesteel.ml;

import io.firesteel.models.Model;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLWriter;
import org.jspecify.annotations.Nullable;

/** Saves a trained model: Spark's metadata with the params, and the folder's files. */
final class ModelWriter extends MLWriter {

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
