package io.firesteel.ml;

import io.firesteel.callbacks.Callback;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.testing.DigitsFrame;
import io.firesteel.testing.LocalSpark;
import java.util.List;
import java.util.Map;

/**
 * A program that trains an Estimator with checkpoints. Arguments: the folder of checkpoints, and
 * after how many steps the process dies at once, 0 for never. Prints the hash of all weights and
 * the number of steps that this process took.
 */
final class EstimatorRun {

  private static final int KILLED = 137;

  private EstimatorRun() {}

  /** Ends the process as a kill does: nothing is closed. */
  private static final class Death extends Callback {
    private final long last;
    private long steps;

    Death(long last) {
      this.last = last;
    }

    @Override
    public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
      steps++;
      if (steps == last) {
        Runtime.getRuntime().halt(KILLED);
      }
    }
  }

  static KerasClassifier estimator() {
    return new KerasClassifier()
        .setModel(
            new Sequential("digits")
                .add(Dense.of(16).activation("relu").inputShape(64))
                .add(Dense.of(10).activation("softmax")))
        .setOptimizer("adam")
        .setLabelCol("digit")
        .setEpochs(3)
        .setBatchSize(128)
        .setSeed(1)
        .setVerbose(0);
  }

  public static void main(String[] args) {
    Death death = new Death(Long.parseLong(args[1]));
    KerasClassifier estimator =
        estimator().setCheckpointDir(args[0]).setCheckpointSteps(4).setObservers(List.of(death));
    KerasClassificationModel model =
        estimator.fit(DigitsFrame.vectors(LocalSpark.session("local[2]")));
    System.out.printf("weights %s steps %d%n", model.kerasModel().weightsSha256(), death.steps);
    LocalSpark.stop();
  }
}
