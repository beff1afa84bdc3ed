package io.firesteel.ml;

import io.firesteel.layers.FeatureBlock;
import io.firesteel.layers.IdColumn;
import io.firesteel.layers.SkipConnection;
import io.firesteel.layers.Slice;
import io.firesteel.models.Sequential;
import io.firesteel.regularizers.L2;
import java.util.Arrays;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/** The params of factorization machines. */
final class FactorParams {

  private static final String BLOCK = "features";

  final StringArrayParam idCols;
  final IntParam idBuckets;
  final IntParam factorSize;
  final DoubleParam regParam;

  FactorParams(KerasFactorParams<?> owner) {
    Definitions define = new Definitions(owner);
    idCols = define.names("idCols", "columns of ids, integers or strings, which are hashed");
    idBuckets = define.integer("idBuckets", "number of hashed ids of each column", 1);
    factorSize = define.integer("factorSize", "length of the vector of each id", 1);
    regParam = define.nonNegative("regParam", "strength of the L2 penalty on all weights");
    setDefaults(owner, owner.fitParams());
  }

  private void setDefaults(Params owner, FitParams fit) {
    owner.setDefault(idBuckets, 1 << 16);
    owner.setDefault(factorSize, 8);
    owner.setDefault(regParam, 0.0);
    owner.setDefault(fit.optimizer, "adagrad");
    owner.setDefault(fit.learningRate, 0.1);
    owner.setDefault(fit.epochs, 10);
    owner.setDefault(fit.batchSize, 256);
  }

  /**
   * Returns a model whose output is the linear part and the products of the ids' vectors.
   *
   * @throws IllegalArgumentException if no ids are named
   */
  static Sequential model(KerasFactorParams<?> stage, String name) {
    String[] names = stage.getIdCols();
    if (names.length < 2) {
      throw new IllegalArgumentException(
          "idCols must name two columns of ids or more, whose vectors are multiplied. Received: "
              + Arrays.toString(names));
    }

    boolean keep = stage.getHandleInvalid().equals(ColumnParams.KEEP);
    IdColumn[] ids = new IdColumn[names.length];
    for (int i = 0; i < ids.length; i++) {
      IdColumn id = IdColumn.of(names[i], stage.getIdBuckets(), stage.getFactorSize()).hashed();
      ids[i] = keep ? id.keepInvalid() : id;
    }

    FeatureBlock block =
        FeatureBlock.of()
            .numeric(stage.getFeaturesCols())
            .ids(ids)
            .linear(true)
            .interactions(FeatureBlock.FM);
    double strength = stage.getRegParam();
    if (strength > 0) {
      L2 penalty = L2.of(strength / 2);
      block = block.linearRegularizer(penalty).embeddingsRegularizer(penalty);
    }

    return new Sequential(name)
        .seed(stage.getSeed())
        .add(block.withName(BLOCK))
        .add(Slice.of(0, 1))
        .add(SkipConnection.of(BLOCK, 1, 1));
  }
}
