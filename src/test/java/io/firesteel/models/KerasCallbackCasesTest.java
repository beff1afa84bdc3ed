package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.CSVLogger;
import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.EarlyStopping;
import io.firesteel.callbacks.History;
import io.firesteel.callbacks.LambdaCallback;
import io.firesteel.callbacks.LearningRateScheduler;
import io.firesteel.callbacks.ModelCheckpoint;
import io.firesteel.callbacks.ReduceLROnPlateau;
import io.firesteel.callbacks.TerminateOnNaN;
import io.firesteel.initializers.Constant;
import io.firesteel.layers.Dense;
import io.firesteel.metrics.Metrics;
import io.firesteel.optimizers.Adam;
import io.firesteel.tensor.RandomStream;
import io.firesteel.training.BatchOptions;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Keras's own tests of callbacks ask of them in a fit, with other numbers; which test is
 * replayed by which method stands in {@code keras/keras-test-list.tsv}.
 */
class KerasCallbackCasesTest {

  @TempDir private Path folder;

  private static LocalData rows(int count, int features, int classes) {
    RandomStream random = RandomStream.of(count, features);
    float[][] x = new float[count][features];
    float[][] y = new float[count][classes];
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < features; i++) {
        x[row][i] = (float) random.nextDouble();
      }

      y[row][row % classes] = 1.0f;
    }

    return LocalData.of(x, y);
  }

  private static Sequential model(Object optimizer, Object... metrics) {
    Sequential model = new Sequential().add(Dense.of(5).inputShape(3)).add(Dense.of(2));
    model.compile(optimizer, "mse", metrics);
    return model;
  }

  private static FitOptions.Builder options(int epochs, Callback... callbacks) {
    return FitOptions.builder()
        .epochs(epochs)
        .batchSize(4)
        .validationData(rows(10, 3, 2))
        .callbacks(callbacks)
        .verbose(0);
  }

  private static History fit(Sequential model, int epochs, Callback... callbacks) {
    return model.fit(rows(10, 3, 2), options(epochs, callbacks).build());
  }

  private static ReduceLROnPlateau.Builder plateau() {
    return ReduceLROnPlateau.builder().monitor("val_loss").patience(1).factor(0.1).minDelta(100);
  }

  @Test
  void aPlateauReducesTheRateOfAFit() {
    Sequential model = model(Adam.builder().learningRate(0.1).build());
    fit(model, 2, plateau().build());
    assertEquals(0.01, model.optimizer().learningRate(), 1e-8);
  }

  @Test
  void theRateDoesNotFallBelowItsMinimum() {
    Sequential model = model(Adam.builder().learningRate(0.1).build());
    fit(model, 4, plateau().minLr(0.005).build());
    assertEquals(0.005, model.optimizer().learningRate(), 1e-8);
  }

  @Test
  void whileItCoolsDownTheRateStays() {
    Sequential model = model(Adam.builder().learningRate(0.1).build());
    fit(model, 4, plateau().cooldown(2).build());
    assertEquals(0.001, model.optimizer().learningRate(), 1e-8);
  }

  @Test
  void aCallbackThatIsUsedAgainBeginsAnew() {
    ReduceLROnPlateau reduce = plateau().build();
    EarlyStopping stopping =
        EarlyStopping.builder().monitor("loss").patience(3).minDelta(100).build();
    for (int i = 0; i < 2; i++) {
      Sequential model = model(Adam.builder().learningRate(0.1).build());
      History history = fit(model, 20, stopping, reduce);
      assertEquals(List.of(0, 1, 2, 3), history.epoch());
      assertEquals(3L, stopping.stoppedEpoch());
      assertEquals(0.1 * 1e-3, model.optimizer().learningRate(), 1e-8);
    }
  }

  @Test
  void stoppingWaitsForPatienceAfterTheFirstEpochsAndForABaseline() {
    EarlyStopping.Builder late =
        EarlyStopping.builder().monitor("mse").minDelta(100).startFromEpoch(2);
    Sequential model = model("sgd", "mse");
    assertEquals(6, fit(model, 20, late.patience(3).build()).epoch().size());
    assertEquals(4, fit(model, 20, late.patience(0).build()).epoch().size());
    EarlyStopping unreached =
        EarlyStopping.builder().monitor("mse").minDelta(100).patience(3).baseline(-1.0).build();
    assertEquals(3, fit(model, 20, unreached).epoch().size());
  }

  @Test
  void theSchedulerSetsTheRateOfAFitAndLogsIt() {
    Sequential model = model("sgd");
    fit(model, 1, new LearningRateScheduler((epoch, rate) -> 1.0 / (2.0 + epoch)));
    assertEquals(0.5, model.optimizer().learningRate());
    model = model(Adam.builder().learningRate(0.03).build());
    History history = fit(model, 2, new LearningRateScheduler((epoch, rate) -> rate / 2));
    assertEquals(0.0075, model.optimizer().learningRate(), 1e-9);
    assertEquals(0.015, history.values("learning_rate").get(0), 1e-9);
    assertEquals(0.0075, history.values("learning_rate").get(1), 1e-9);
  }

  @Test
  void ratesOfASchedulesOptimizerAreNotSet() {
    Map<String, Object> decay =
        Map.of(
            "class_name",
            "PolynomialDecay",
            "config",
            Map.of("initial_learning_rate", 0.1, "decay_steps", 10));
    Sequential model =
        model(Map.of("class_name", "Adam", "config", Map.of("learning_rate", decay)));
    for (Callback callback :
        List.of(plateau().build(), new LearningRateScheduler((epoch, rate) -> rate / 2))) {
      assertThrows(IllegalArgumentException.class, () -> fit(model, 2, callback));
    }
  }

  /** Weights of 1e5 in six layers overflow in the first step. */
  private static Sequential overflowing() {
    Sequential model = new Sequential();
    for (int i = 0; i < 5; i++) {
      model.add(
          Dense.of(2)
              .activation("relu")
              .kernelInitializer(Constant.of(1e9))
              .inputShape(i == 0 ? 3 : 2));
    }

    model.add(Dense.of(2).kernelInitializer(Constant.of(1.0)));
    model.compile("sgd", "mse");
    return model;
  }

  @Test
  void aLossThatIsNotFiniteEndsAFitAfterItsBatchAndIsLogged() throws IOException {
    Path file = folder.resolve("log.csv");
    FitOptions options =
        FitOptions.builder()
            .epochs(20)
            .batchSize(4)
            .verbose(0)
            .callbacks(TerminateOnNaN.stopping(), CSVLogger.builder(file.toString()).build())
            .build();
    List<Double> losses = overflowing().fit(rows(10, 3, 2), options).values("loss");
    assertEquals(1, losses.size());
    assertFalse(Double.isFinite(losses.get(0)));
    List<String> lines = Files.readAllLines(file);
    assertTrue(lines.get(lines.size() - 1).matches("0,(nan|inf).*"), lines.toString());
  }

  @Test
  void anErrorAtALossThatIsNotFiniteLeavesOutTheEnd() {
    List<String> calls = new ArrayList<>();
    LambdaCallback ends = LambdaCallback.builder().onTrainEnd(() -> calls.add("end")).build();
    FitOptions options =
        FitOptions.builder().verbose(0).callbacks(ends, TerminateOnNaN.raisingError()).build();
    assertThrows(ArithmeticException.class, () -> overflowing().fit(rows(10, 3, 2), options));
    assertEquals(List.of(), calls);
  }

  @Test
  void finiteLossesDoNotEndAFit() {
    for (Callback callback : List.of(TerminateOnNaN.stopping(), TerminateOnNaN.raisingError())) {
      assertEquals(2, fit(model("sgd"), 2, callback).epoch().size());
    }
  }

  @Test
  void linesOfSeveralFitsFollowUnderOneHeader() throws IOException {
    Path file = folder.resolve("log.tsv");
    fit(model("sgd", "mse"), 1, CSVLogger.builder(file.toString()).separator("\t").build());
    assertEquals(2, Files.readAllLines(file).size());
    CSVLogger more = CSVLogger.builder(file.toString()).separator("\t").append(true).build();
    Sequential model = model("sgd", "mse");
    fit(model, 1, more);
    fit(model, 2, more);
    List<String> lines = Files.readAllLines(file);
    assertEquals(5, lines.size());
    assertEquals(1, lines.stream().filter(line -> line.contains("epoch")).count());
    lines.forEach(line -> assertEquals(5, line.split("\t").length, line));
  }

  @Test
  void epochsWithoutAValidationHaveNoNumberOfIt() throws IOException {
    Path file = folder.resolve("log.csv");
    CSVLogger logger = CSVLogger.builder(file.toString()).build();
    History history =
        model("sgd").fit(rows(10, 3, 2), options(5, logger).validationFreq(3).build());
    List<String> lines = Files.readAllLines(file);
    assertEquals("epoch,loss,val_loss", lines.get(0));
    for (int epoch = 1; epoch <= 5; epoch++) {
      String expected = epoch == 3 ? history.values("val_loss").get(0).toString() : "NA";
      assertEquals(expected, lines.get(epoch).split(",")[2]);
    }
  }

  private static TreeSet<String> names(Path of) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    if (Files.exists(of)) {
      try (var files = Files.list(of)) {
        files.forEach(file -> names.add(file.getFileName().toString()));
      }
    }

    return names;
  }

  private ModelCheckpoint.Builder checkpoint(String name, String monitor, String mode) {
    return ModelCheckpoint.builder(folder.resolve(name).toString()).monitor(monitor).mode(mode);
  }

  @Test
  void modelsAreSavedInAFolderThatIsMadeWhateverIsMonitored() throws IOException {
    Sequential model = model("sgd", "accuracy");
    Path made = folder.resolve("made");
    for (String[] monitored :
        new String[][] {
          {"val_loss", "auto"}, {"val_loss", "min"}, {"val_accuracy", "max"}, {"unknown", "min"}
        }) {
      for (boolean best : new boolean[] {false, true}) {
        fit(
            model,
            1,
            checkpoint("made/model.keras", monitored[0], monitored[1]).saveBestOnly(best).build());
        assertEquals(new TreeSet<>(List.of("model.keras")), names(made), monitored[0]);
        Files.delete(made.resolve("model.keras"));
      }
    }

    fit(
        model,
        1,
        checkpoint("made/model.keras", "val_loss", "auto")
            .saveBestOnly(true)
            .initialValueThreshold(0)
            .build(),
        checkpoint("made/other.keras", "val_accuracy", "auto")
            .saveBestOnly(true)
            .initialValueThreshold(1)
            .build());
    assertEquals(new TreeSet<>(), names(made));
    fit(
        model,
        1,
        checkpoint("made/model.keras", "val_accuracy", "max")
            .saveBestOnly(true)
            .initialValueThreshold(-0.01)
            .build());
    assertEquals(new TreeSet<>(List.of("model.keras")), names(made));
    assertThrows(
        IllegalArgumentException.class, () -> checkpoint("x.keras", "loss", "unknown").build());
    assertThrows(
        IllegalArgumentException.class,
        () -> checkpoint("x.keras", "loss", "min").saveFreq(0).build());
  }

  @Test
  void everySoManyBatchesAModelOrItsWeightsAreSaved() throws IOException {
    Sequential model = model("sgd");
    fit(model, 10, checkpoint("a/{epoch:02d}.keras", "val_loss", "auto").saveFreq(9).build());
    assertEquals(
        new TreeSet<>(List.of("03.keras", "06.keras", "09.keras")), names(folder.resolve("a")));
    for (boolean weights : new boolean[] {false, true}) {
      String end = weights ? ".weights.h5" : ".keras";
      String sub = weights ? "w" : "m";
      fit(
          model,
          2,
          checkpoint(sub + "/{epoch:02d}-{batch:02d}" + end, "val_loss", "auto")
              .saveFreq(1)
              .saveWeightsOnly(weights)
              .build());
      TreeSet<String> expected = new TreeSet<>();
      for (String each : List.of("01-01", "01-02", "01-03", "02-01", "02-02", "02-03")) {
        expected.add(each + end);
      }

      assertEquals(expected, names(folder.resolve(sub)));
    }
  }

  @Test
  void whatWasSavedHasTheWeightsOfTheFit() throws IOException {
    Sequential model = model("sgd");
    fit(
        model,
        1,
        checkpoint("model.keras", "val_loss", "auto").saveBestOnly(true).build(),
        checkpoint("model.weights.h5", "val_loss", "auto")
            .saveBestOnly(true)
            .saveWeightsOnly(true)
            .build());
    Model loaded = Model.load(folder.resolve("model.keras").toString());
    assertEquals(model.weightsSha256(), loaded.weightsSha256());
    Sequential other = model("sgd").seed(5);
    other.build(3);
    other.loadWeights(folder.resolve("model.weights.h5").toString());
    assertEquals(model.weightsSha256(), other.weightsSha256());
  }

  @Test
  void functionsHearOfTrainingEvaluationAndPrediction() {
    List<String> calls = new ArrayList<>();
    LambdaCallback callback =
        LambdaCallback.builder()
            .onTrainBegin(params -> calls.add("train"))
            .onEpochBegin(epoch -> calls.add("epoch"))
            .onTrainBatchBegin(batch -> calls.add("batch"))
            .onTrainBatchEnd((batch, logs) -> calls.add("/batch"))
            .onTestBegin(() -> calls.add("test"))
            .onTestBatchBegin(batch -> calls.add("test batch " + batch))
            .onTestBatchEnd((batch, logs) -> calls.add("/test batch " + logs.keySet()))
            .onTestEnd(logs -> calls.add("/test " + logs.keySet()))
            .onEpochEnd((epoch, logs) -> calls.add("/epoch"))
            .onTrainEnd(() -> calls.add("/train"))
            .onPredictBegin(() -> calls.add("predict"))
            .onPredictBatchBegin(batch -> calls.add("predict batch " + batch))
            .onPredictBatchEnd((batch, outputs) -> calls.add("/predict batch " + outputs.length))
            .onPredictEnd(() -> calls.add("/predict"))
            .build();
    Sequential model = model("sgd");
    model.fit(
        rows(10, 3, 2),
        FitOptions.builder()
            .epochs(1)
            .batchSize(8)
            .validationSplit(0.2)
            .verbose(0)
            .callbacks(callback)
            .build());
    assertEquals(List.of("train", "epoch", "batch", "/batch", "test"), calls.subList(0, 5));
    assertEquals(List.of("/epoch", "/train"), calls.subList(calls.size() - 2, calls.size()));
    calls.clear();
    BatchOptions batches = BatchOptions.of(6).withCallbacks(callback);
    model.evaluate(rows(10, 3, 2), batches);
    assertEquals(
        List.of(
            "test",
            "test batch 0",
            "/test batch [loss]",
            "test batch 1",
            "/test batch [loss]",
            "/test [loss]"),
        calls);
    calls.clear();
    model.predict(rows(10, 3, 2), batches);
    assertEquals(
        List.of(
            "predict",
            "predict batch 0",
            "/predict batch 6",
            "predict batch 1",
            "/predict batch 4",
            "/predict"),
        calls);
  }

  @Test
  void atTheEndOfAnEpochTheModelHasTakenItsSteps() {
    List<Long> steps = new ArrayList<>();
    Sequential model = model("sgd");
    fit(
        model,
        2,
        LambdaCallback.builder()
            .onEpochEnd((epoch, logs) -> steps.add(model.optimizer().iterations()))
            .build());
    assertEquals(List.of(3L, 6L), steps);
  }

  @Test
  void theDirectionOfEachNumberIsKnown() {
    Map<String, Boolean> higher =
        Map.of(
            "val_mse",
            false,
            "loss",
            false,
            "hinge",
            false,
            "accuracy",
            true,
            "val_accuracy",
            true,
            "f1_score",
            true);
    Sequential model =
        model(
            "adam",
            "mse",
            "accuracy",
            "hinge",
            Metrics.get("f1_score", Map.of("average", "macro")));
    for (Map.Entry<String, Boolean> monitored : higher.entrySet()) {
      String name = monitored.getKey();
      EarlyStopping stopping = EarlyStopping.builder().monitor(name).patience(9).build();
      List<Double> values = fit(model, 4, stopping).values(name);
      double best = monitored.getValue() ? Collections.max(values) : Collections.min(values);
      assertEquals(best, stopping.best(), 1e-7, name);
    }

    EarlyStopping other = EarlyStopping.builder().monitor("val_mse").mode("max").build();
    List<Double> values = fit(model, 2, other).values("val_mse");
    assertEquals(Collections.max(values), other.best(), 1e-7);
    EarlyStopping unknown = EarlyStopping.builder().monitor("unknown").build();
    assertThrows(IllegalArgumentException.class, () -> fit(model, 2, unknown));
  }

  @Test
  void constraintsHoldAfterAFit() {
    Sequential model = new Sequential().add(Dense.of(2).kernelConstraint("non_neg").inputShape(3));
    model.compile("sgd", "mse");
    fit(model, 1);
    for (float value : model.getWeights()[0]) {
      assertTrue(value >= 0.0f);
    }
  }

  @Test
  void aModelMayBeCompiledAgain() {
    Sequential model = model("sgd", "mse");
    fit(model, 1);
    float[][] trained = model.getWeights();
    model.compile("adam", "mae", "mae");
    assertArrayEquals(trained, model.getWeights());
    assertEquals(Set.of("loss", "mae"), model.evaluate(rows(10, 3, 2)).keySet());
    assertEquals(1, fit(model, 1).epoch().size());
    assertEquals(3L, model.optimizer().iterations());
  }

  @Test
  void aCallbackMayChangeWeightsBetweenBatches() {
    Sequential model = model("sgd");
    Callback zeros =
        LambdaCallback.builder()
            .onTrainBatchEnd(
                (batch, logs) ->
                    model
                        .variables()
                        .forEach(weight -> weight.assign(new float[weight.shape().size()])))
            .build();
    History history = fit(model, 1, zeros);
    for (float[] weights : model.getWeights()) {
      assertArrayEquals(new float[weights.length], weights);
    }

    assertEquals(0.5, history.values("val_loss").get(0), 1e-7);
  }
}
