package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.connect.proto.Command;
import org.apache.spark.connect.proto.ExecutePlanRequest;
import org.apache.spark.connect.proto.ExecutePlanResponse;
import org.apache.spark.connect.proto.Expression;
import org.apache.spark.connect.proto.Fetch;
import org.apache.spark.connect.proto.MlCommand;
import org.apache.spark.connect.proto.MlCommandResult;
import org.apache.spark.connect.proto.MlOperator;
import org.apache.spark.connect.proto.MlParams;
import org.apache.spark.connect.proto.MlRelation;
import org.apache.spark.connect.proto.ObjectRef;
import org.apache.spark.connect.proto.Plan;
import org.apache.spark.connect.proto.Relation;
import org.apache.spark.connect.proto.SQL;
import org.apache.spark.connect.proto.SparkConnectServiceGrpc;
import org.apache.spark.connect.proto.UserContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparkproject.connect.grpc.ManagedChannel;
import org.sparkproject.connect.grpc.ManagedChannelBuilder;

/** An Estimator as clients of Spark Connect call it: by its name, in Connect's messages. */
@Tag("spark")
class ConnectTest {

  private static final String ROWS =
      "SELECT array(id % 20 / 20.0f, id % 7 / 7.0f) features, if(id % 20 + id % 7 > 12, 1, 0) label"
          + " FROM range(400)";

  private static SparkSession server;
  private static ManagedChannel channel;
  private static final String SESSION = java.util.UUID.randomUUID().toString();

  @BeforeAll
  static void start() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }

    server =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.plugins", "org.apache.spark.sql.connect.SparkConnectPlugin")
            .config("spark.connect.grpc.binding.address", "127.0.0.1")
            .config("spark.connect.grpc.binding.port", port)
            .getOrCreate();
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    server.stop();
  }

  private static List<ExecutePlanResponse> execute(Plan plan) {
    List<ExecutePlanResponse> responses = new ArrayList<>();
    SparkConnectServiceGrpc.newBlockingStub(channel)
        .executePlan(
            ExecutePlanRequest.newBuilder()
                .setSessionId(SESSION)
                .setUserContext(UserContext.newBuilder().setUserId("tests"))
                .setPlan(plan)
                .build())
        .forEachRemaining(responses::add);
    return responses;
  }

  private static MlCommandResult command(MlCommand.Builder command) {
    return execute(Plan.newBuilder().setCommand(Command.newBuilder().setMlCommand(command)).build())
        .stream()
        .filter(ExecutePlanResponse::hasMlCommandResult)
        .findFirst()
        .orElseThrow()
        .getMlCommandResult();
  }

  private static Relation sql(String query) {
    return Relation.newBuilder().setSql(SQL.newBuilder().setQuery(query)).build();
  }

  private static Expression.Literal text(String value) {
    return Expression.Literal.newBuilder().setString(value).build();
  }

  private static Expression.Literal number(int value) {
    return Expression.Literal.newBuilder().setInteger(value).build();
  }

  @Test
  void fitsTransformsAndTells() {
    Sequential model =
        new Sequential()
            .add(Dense.of(8).activation("tanh").inputShape(2))
            .add(Dense.of(1).activation("sigmoid"));
    MlCommand.Fit.Builder fit =
        MlCommand.Fit.newBuilder()
            .setEstimator(
                MlOperator.newBuilder()
                    .setName("io.firesteel.ml.KerasClassifier")
                    .setUid("remote")
                    .setType(MlOperator.OperatorType.OPERATOR_TYPE_ESTIMATOR))
            .setParams(
                MlParams.newBuilder()
                    .putParams("model", text(model.toJson()))
                    .putParams("optimizer", text("adam"))
                    .putParams("epochs", number(3))
                    .putParams("seed", number(2))
                    .putParams("verbose", number(0)))
            .setDataset(sql(ROWS));
    ObjectRef fitted = command(MlCommand.newBuilder().setFit(fit)).getOperatorInfo().getObjRef();

    KerasClassificationModel local =
        new KerasClassifier()
            .setModel(model)
            .setOptimizer("adam")
            .setEpochs(3)
            .setSeed(2)
            .setVerbose(0)
            .fit(server.sql(ROWS));
    MlCommandResult classes =
        command(
            MlCommand.newBuilder()
                .setFetch(
                    Fetch.newBuilder()
                        .setObjRef(fitted)
                        .addMethods(Fetch.Method.newBuilder().setMethod("numClasses"))));
    assertEquals(local.numClasses(), classes.getParam().getInteger());

    Relation transformed =
        Relation.newBuilder()
            .setMlRelation(
                MlRelation.newBuilder()
                    .setTransform(
                        MlRelation.Transform.newBuilder().setObjRef(fitted).setInput(sql(ROWS))))
            .build();
    long rows =
        execute(Plan.newBuilder().setRoot(transformed).build()).stream()
            .filter(ExecutePlanResponse::hasArrowBatch)
            .mapToLong(response -> response.getArrowBatch().getRowCount())
            .sum();
    assertEquals(400, rows);
  }
}
