package io.firesteel.internal.monitoring;

import io.firesteel.saving.Config;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a training when it starts.
 *
 * @param model the name of the model
 * @param summary the table of its layers
 * @param contract what must be the same in a resumed run: model, optimizer, loss, metrics, fit,
 *     data
 * @param parameters the number of parameters
 * @param epochs the number of epochs
 * @param batches the number of batches of an epoch
 * @param batchSize the rows of a batch
 * @param rows the rows of an epoch
 * @param shards the number of shards
 * @param source the name of the gradient source
 * @param openSeconds the time it took to read and to deal the data
 * @param checkpoints where checkpoints go, null for nowhere
 * @param resumedFromStep the step of the checkpoint it resumes from, null if it begins
 */
public record TrainingStart(
    String model,
    String summary,
    Config contract,
    long parameters,
    int epochs,
    int batches,
    int batchSize,
    long rows,
    int shards,
    String source,
    double openSeconds,
    @Nullable String checkpoints,
    @Nullable Long resumedFromStep) {}
