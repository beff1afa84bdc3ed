package io.firesteel.ml;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a Spark Connect server asks of a model. Spark declares it from 4.1 on; so here it is for all
 * lines.
 */
interface ConnectModel {

  /** Saves the summary to a folder of the server's own disk. */
  void saveSummary(String path);

  /** Loads the summary from a folder of the server's own disk. */
  void loadSummary(String path, Dataset<Row> dataset);

  /** Returns about how many bytes the model needs. */
  long estimatedSize();

  /** What a Spark Connect server asks of an Estimator; see {@link ConnectModel}. */
  interface ConnectEstimator {

    /** Returns about how many bytes the model will need. */
    long estimateModelSize(Dataset<?> dataset);
  }
}
