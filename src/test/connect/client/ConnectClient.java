import java.util.List;
import org.apache.spark.connect.proto.Command;
import org.apache.spark.connect.proto.ExecutePlanResponse;
import org.apache.spark.connect.proto.Expression;
import org.apache.spark.connect.proto.Fetch;
import org.apache.spark.connect.proto.MlCommand;
import org.apache.spark.connect.proto.MlCommandResult;
import org.apache.spark.connect.proto.MlOperator;
import org.apache.spark.connect.proto.MlParams;
import org.apache.spark.connect.proto.MlRelation;
import org.apache.spark.connect.proto.ObjectRef;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.connect.Dataset;
import org.apache.spark.sql.connect.SparkSession;
import scala.runtime.BoxedUnit;

/**
 * A program with Spark Connect's client for the JVM alone on its class path. The client has no
 * Estimators, so the program sends the messages that PySpark's remote mode sends. Arguments: the
 * server's address, a query of the rows, and a model as JSON.
 */
public final class ConnectClient {

  private ConnectClient() {}

  /** Prints the number of classes and, for each row, its prediction. */
  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().remote(args[0]).getOrCreate();
    Dataset<Row> rows = spark.sql(args[1]);
    MlCommand.Fit.Builder fit =
        MlCommand.Fit.newBuilder()
            .setEstimator(
                MlOperator.newBuilder()
                    .setName("io.firesteel.ml.KerasClassifier")
                    .setUid("remote")
                    .setType(MlOperator.OperatorType.OPERATOR_TYPE_ESTIMATOR))
            .setParams(
                MlParams.newBuilder()
                    .putParams("model", text(args[2]))
                    .putParams("optimizer", text("adam"))
                    .putParams("epochs", number(3))
                    .putParams("seed", number(2))
                    .putParams("verbose", number(0)))
            .setDataset(rows.plan().getRoot());
    ObjectRef fitted =
        result(spark, MlCommand.newBuilder().setFit(fit)).getOperatorInfo().getObjRef();

    Fetch.Builder classes =
        Fetch.newBuilder()
            .setObjRef(fitted)
            .addMethods(Fetch.Method.newBuilder().setMethod("numClasses"));
    System.out.println(
        "classes "
            + result(spark, MlCommand.newBuilder().setFetch(classes)).getParam().getInteger());

    Dataset<Row> predicted =
        spark.newDataFrame(
            relation -> {
              relation.setMlRelation(
                  MlRelation.newBuilder()
                      .setTransform(
                          MlRelation.Transform.newBuilder()
                              .setObjRef(fitted)
                              .setInput(rows.plan().getRoot())));
              return BoxedUnit.UNIT;
            });
    StringBuilder predictions = new StringBuilder("predictions");
    List<Row> collected = predicted.select("prediction").collectAsList();
    collected.forEach(row -> predictions.append(' ').append(row.getDouble(0)));
    System.out.println(predictions);
    spark.close();
  }

  private static MlCommandResult result(SparkSession spark, MlCommand.Builder command) {
    scala.collection.Iterator<ExecutePlanResponse> responses =
        spark.execute(Command.newBuilder().setMlCommand(command).build()).iterator();
    while (responses.hasNext()) {
      ExecutePlanResponse response = responses.next();
      if (response.hasMlCommandResult()) {
        return response.getMlCommandResult();
      }
    }

    throw new IllegalStateException("The server gave no result");
  }

  private static Expression.Literal text(String value) {
    return Expression.Literal.newBuilder().setString(value).build();
  }

  private static Expression.Literal number(int value) {
    return Expression.Literal.newBuilder().setInteger(value).build();
  }
}
