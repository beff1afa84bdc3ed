package io.firesteel.ml;

import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;

/**
 * Params of models without hidden layers, named as MLlib's.
 *
 * @param <S> the Estimator
 */
public interface KerasLinearParams<S extends KerasLinearParams<S>> extends KerasFitParams<S> {

  /** Returns the params; for the methods here. */
  LinearParams linearParams();

  /** Returns the param of the penalty's strength. */
  default DoubleParam regParam() {
    return linearParams().regParam;
  }

  /** Returns the penalty's strength, 0 unless set. */
  default double getRegParam() {
    return (Double) getOrDefault(regParam());
  }

  /**
   * Sets the strength of the penalty on the coefficients, {@code regParam * (a |w|_1 + (1 - a) / 2
   * |w|_2^2)} with {@code a} of {@link #setElasticNetParam}, as MLlib's.
   */
  default S setRegParam(double value) {
    return Stages.with(this, regParam(), value);
  }

  /** Returns the param of the share of L1 in the penalty. */
  default DoubleParam elasticNetParam() {
    return linearParams().elasticNetParam;
  }

  /** Returns the share of L1 in the penalty, 0 unless set. */
  default double getElasticNetParam() {
    return (Double) getOrDefault(elasticNetParam());
  }

  /** Sets the share of L1 in the penalty, from 0 to 1. */
  default S setElasticNetParam(double value) {
    return Stages.with(this, elasticNetParam(), value);
  }

  /** Returns the param of whether there is an intercept. */
  default BooleanParam fitIntercept() {
    return linearParams().fitIntercept;
  }

  /** Tells whether there is an intercept; true unless set. */
  default boolean getFitIntercept() {
    return (Boolean) getOrDefault(fitIntercept());
  }

  /** Sets whether there is an intercept. */
  default S setFitIntercept(boolean value) {
    return Stages.with(this, fitIntercept(), value);
  }

  /** Returns the param of whether features are standardized. */
  default BooleanParam standardization() {
    return linearParams().standardization;
  }

  /** Tells whether features are standardized; true unless set. */
  default boolean getStandardization() {
    return (Boolean) getOrDefault(standardization());
  }

  /**
   * Sets whether features are brought to mean 0 and variance 1 first. Without it, zeros of a column
   * of vectors are not held, which wide one-hot vectors need.
   */
  default S setStandardization(boolean value) {
    return Stages.with(this, standardization(), value);
  }
}
