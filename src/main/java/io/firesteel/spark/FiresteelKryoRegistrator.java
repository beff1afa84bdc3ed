package io.firesteel.spark;

import com.esotericsoftware.kryo.Kryo;
import io.firesteel.internal.data.HeapRows;
import io.firesteel.internal.data.HeapSparseRows;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.spark.internal.rows.KeyedRow;
import io.firesteel.spark.internal.shards.SentShards;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.serializer.KryoRegistrator;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;

/**
 * Registers with Kryo what Firesteel sends and caches. With {@code
 * spark.kryo.registrationRequired=true} set {@code
 * spark.kryo.registrator=io.firesteel.spark.FiresteelKryoRegistrator}.
 */
public final class FiresteelKryoRegistrator implements KryoRegistrator {

  /** What Spark itself sends when it infers the schema of files, and does not register. */
  private static final DataType[] INFERRED = {
    DataTypes.NullType,
    DataTypes.BooleanType,
    DataTypes.IntegerType,
    DataTypes.LongType,
    DataTypes.DoubleType,
    DataTypes.StringType,
    DataTypes.DateType,
    DataTypes.TimestampType,
    DataTypes.TimestampNTZType,
    SQLDataTypes.VectorType()
  };

  @Override
  public void registerClasses(Kryo kryo) {
    kryo.register(DataType[].class);
    kryo.register(DecimalType.class);
    for (DataType type : INFERRED) {
      kryo.register(type.getClass());
    }

    kryo.register(float[][].class);
    kryo.register(ShardBlock.class);
    kryo.register(RowLayout.class);
    kryo.register(HeapRows.class);
    SentShards.register(kryo);
    kryo.register(int[][].class);
    kryo.register(HeapSparseRows.class);
    KeyedRow.register(kryo);
  }
}
