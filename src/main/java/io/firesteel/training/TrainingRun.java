package io.firesteel.training;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.History;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.saving.Config;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one training works with.
 *
 * @param model the model
 * @param plan the batches
 * @param source the gradients
 * @param validation the rows to validate on, or null
 * @param options the arguments of fit
 * @param callbacks the callbacks that have a state, the history last
 * @param observers the callbacks that only look on
 * @param history the history
 * @param contract what must be the same in a resumed run
 * @param reporter what tells others how it goes
 */
record TrainingRun(
    TrainableModel model,
    BatchPlan plan,
    GradientSource source,
    @Nullable GradientSource validation,
    FitOptions options,
    List<Callback> callbacks,
    List<Callback> observers,
    History history,
    Config contract,
    TrainingReporter reporter) {}
