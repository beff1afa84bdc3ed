package io.firesteel.ml;

import org.apache.spark.sql.Dataset;

/** What a Spark Connect server asks of an Estimator; see {@link ConnectModel}. */
interface ConnectEstimator {

  /** Returns about how many bytes the model will need. */
  long estimateModelSize(Dataset<?> dataset);
}
