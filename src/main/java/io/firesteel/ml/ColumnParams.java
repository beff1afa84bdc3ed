package io.firesteel.ml;

import java.util.List;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/** The params that an Estimator and its model share, besides Spark's own. */
final class ColumnParams {

  static final String ERROR = "error";
  static final String SKIP = "skip";
  static final String KEEP = "keep";

  final StringArrayParam featuresCols;
  final Param<String> handleInvalid;

  ColumnParams(Params owner) {
    Definitions define = new Definitions(owner);
    featuresCols =
        define.names("featuresCols", "columns of numbers that are the features, instead of one");
    handleInvalid =
        define.oneOf(
            "handleInvalid",
            "what to do with rows that hold null, NaN or what is infinite in float32: error, skip"
                + " (leave them out) or keep (predict null for them; training leaves them out)",
            List.of(ERROR, SKIP, KEEP));
    owner.setDefault(handleInvalid, ERROR);
  }
}
