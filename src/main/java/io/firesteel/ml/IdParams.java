package io.firesteel.ml;

import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/** The params of columns of ids. */
final class IdParams {

  final StringArrayParam idCols;
  final IntParam idBuckets;

  IdParams(Params owner) {
    Definitions define = new Definitions(owner);
    idCols = define.names("idCols", "columns of ids, integers or strings, which are hashed");
    idBuckets = define.integer("idBuckets", "number of hashed ids of each column", 1);
    owner.setDefault(idBuckets, 1 << 16);
  }
}
