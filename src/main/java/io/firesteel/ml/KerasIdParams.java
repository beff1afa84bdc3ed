package io.firesteel.ml;

import java.util.List;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * Columns of ids, of factorization machines and their models: an id becomes the index {@code f *
 * idBuckets + pmod(hash(id), idBuckets)}, with Spark SQL's {@code hash} of its value as {@code
 * bigint} or {@code string}, and f the place of its column from 0 on.
 *
 * @param <S> the stage
 */
public interface KerasIdParams<S extends KerasIdParams<S>> extends Params {

  /** Returns the params; for the methods here. */
  IdParams idParams();

  /** Returns the param of the columns of ids. */
  default StringArrayParam idCols() {
    return idParams().idCols;
  }

  /** Returns the columns of ids; none unless set. */
  default String[] getIdCols() {
    return isSet(idCols()) ? getOrDefault(idCols()) : new String[0];
  }

  /** Sets the columns of ids, integers or strings; two or more. */
  default S setIdCols(String[] values) {
    return Stages.with(this, idCols(), values.clone());
  }

  /** Sets the columns of ids, integers or strings; two or more. */
  default S setIdCols(List<String> values) {
    return setIdCols(values.toArray(new String[0]));
  }

  /** Returns the param of the number of hashed ids of each column. */
  default IntParam idBuckets() {
    return idParams().idBuckets;
  }

  /** Returns the number of hashed ids of each column, 65536 unless set. */
  default int getIdBuckets() {
    return (Integer) getOrDefault(idBuckets());
  }
}
