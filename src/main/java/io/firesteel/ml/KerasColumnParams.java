package io.firesteel.ml;

import java.util.List;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * What Firesteel's Estimators and their models know of columns, besides Spark's {@code
 * featuresCol}, {@code labelCol} and {@code predictionCol}.
 *
 * @param <S> the stage
 */
public interface KerasColumnParams<S extends KerasColumnParams<S>> extends Params {

  /** Returns the params; for the methods here. */
  ColumnParams columnParams();

  /** Returns the param of the columns of numbers that are the features, instead of one column. */
  default StringArrayParam featuresCols() {
    return columnParams().featuresCols;
  }

  /** Returns the columns of features; none unless set. */
  default String[] getFeaturesCols() {
    return isSet(featuresCols()) ? getOrDefault(featuresCols()) : new String[0];
  }

  /** Sets columns of numbers as features, instead of {@code featuresCol}. */
  default S setFeaturesCols(String[] values) {
    return Stages.with(this, featuresCols(), values.clone());
  }

  /** Sets columns of numbers as features, instead of {@code featuresCol}. */
  default S setFeaturesCols(List<String> values) {
    return setFeaturesCols(values.toArray(new String[0]));
  }

  /** Returns the param of what becomes of rows with null, NaN or infinite values. */
  default Param<String> handleInvalid() {
    return columnParams().handleInvalid;
  }

  /** Returns what becomes of rows with null, NaN or infinite values. */
  default String getHandleInvalid() {
    return getOrDefault(handleInvalid());
  }

  /**
   * Sets what becomes of rows with null, NaN, or what is infinite in float32: {@code error}, the
   * default, {@code skip} leaves them out, {@code keep} predicts null for them and leaves them out
   * of training.
   */
  default S setHandleInvalid(String value) {
    return Stages.with(this, handleInvalid(), value);
  }
}
