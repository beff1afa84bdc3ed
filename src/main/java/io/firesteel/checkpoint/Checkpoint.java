package io.firesteel.checkpoint;

import io.firesteel.saving.Config;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Map;

/**
 * Everything that training needs to go on at a step.
 *
 * @param step the number of steps completed
 * @param model the model with its optimizer
 * @param trainingState epoch, batch, seed, data, running sums, history, callbacks' state
 * @param callbackTensors the tensors that callbacks keep, by callback
 */
public record Checkpoint(
    long step,
    KerasArchive model,
    Config trainingState,
    Map<String, List<Variable>> callbackTensors) {}
