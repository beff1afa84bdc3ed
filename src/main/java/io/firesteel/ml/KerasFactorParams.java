package io.firesteel.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;

/**
 * Params of factorization machines: Rendle 2010, "Factorization machines". The features are columns
 * of ids, which need no one-hot vectors, and columns of numbers, {@code featuresCols}.
 *
 * @param <S> the Estimator
 */
public interface KerasFactorParams<S extends KerasFactorParams<S>>
    extends KerasFitParams<S>, KerasIdParams<S> {

  /** Returns the params; for the methods here. */
  FactorParams factorParams();

  @Override
  default IdParams idParams() {
    return factorParams().ids;
  }

  /** Sets the number of hashed ids of each column; with all columns 2^24 indices at most. */
  default S setIdBuckets(int value) {
    return Stages.with(this, idBuckets(), value);
  }

  /** Returns the param of the length of the vector of each id. */
  default IntParam factorSize() {
    return factorParams().factorSize;
  }

  /** Returns the length of the vector of each id, 8 unless set. */
  default int getFactorSize() {
    return (Integer) getOrDefault(factorSize());
  }

  /** Sets the length of the vector of each id. */
  default S setFactorSize(int value) {
    return Stages.with(this, factorSize(), value);
  }

  /** Returns the param of the penalty's strength. */
  default DoubleParam regParam() {
    return factorParams().regParam;
  }

  /** Returns the penalty's strength, 0 unless set. */
  default double getRegParam() {
    return (Double) getOrDefault(regParam());
  }

  /** Sets the strength of the penalty on all weights, {@code regParam / 2 |w|_2^2}, as MLlib's. */
  default S setRegParam(double value) {
    return Stages.with(this, regParam(), value);
  }
}
