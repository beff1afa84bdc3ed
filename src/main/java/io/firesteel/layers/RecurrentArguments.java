package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a recurrent layer.
 *
 * @param activation of the state
 * @param gates of the gates; unused without gates
 * @param recurrent of the weight that multiplies the state
 * @param dropout the share of each row's inputs that is dropped in all steps alike, in training
 * @param recurrentDropout likewise of the state
 * @param returnSequences whether the output is the state after each step, not after the last one
 * @param returnState whether the states after the last step are outputs too
 * @param goBackwards whether the last step comes first
 * @param zeroOutputForMask whether a masked step's output is 0, not that of the step before
 * @param unroll kept as it was read; it changes nothing
 */
record RecurrentArguments(
    ActivationFunction activation,
    ActivationFunction gates,
    boolean useBias,
    WeightOptions kernel,
    WeightOptions recurrent,
    WeightOptions bias,
    double dropout,
    double recurrentDropout,
    boolean returnSequences,
    boolean returnState,
    boolean goBackwards,
    boolean zeroOutputForMask,
    boolean unroll,
    @Nullable Long seed) {

  static final RecurrentArguments DEFAULT =
      new RecurrentArguments(
          LayerActivation.get("tanh"),
          LayerActivation.get("sigmoid"),
          true,
          WeightOptions.of("glorot_uniform"),
          WeightOptions.of("orthogonal"),
          WeightOptions.of("zeros"),
          0,
          0,
          false,
          false,
          false,
          false,
          false,
          null);

  /** Checks them in the name of a layer, and returns them. */
  RecurrentArguments check(String layer) {
    Argument.belowOne(layer, "dropout", dropout);
    Argument.belowOne(layer, "recurrent_dropout", recurrentDropout);
    return this;
  }

  /** Tells whether an activation needs its argument on the way back, not only its value. */
  boolean needSums() {
    return activation.needsInput() || gates.needsInput();
  }

  static RecurrentArguments read(ConfigReader reader) {
    if (reader.bool("stateful", false)) {
      throw reader.invalid(
          "stateful",
          "false, as rows of a data set have no place in a batch; return_state and initial_state"
              + " hand states on");
    }

    Object gates = reader.any("recurrent_activation");
    return new RecurrentArguments(
            LayerActivation.get(reader.seen("activation") ? reader.any("activation") : "tanh"),
            LayerActivation.get(gates == null ? "sigmoid" : gates),
            reader.bool("use_bias", true),
            WeightOptions.read(reader, "kernel", DEFAULT.kernel),
            WeightOptions.read(reader, "recurrent", DEFAULT.recurrent),
            WeightOptions.read(reader, "bias", DEFAULT.bias),
            reader.number("dropout", 0),
            reader.number("recurrent_dropout", 0),
            reader.bool("return_sequences", false),
            reader.bool("return_state", false),
            reader.bool("go_backwards", false),
            reader.bool("zero_output_for_mask", false),
            reader.bool("unroll", false),
            reader.nullableInteger("seed", null))
        .check(reader.owner());
  }

  /** Writes the keys that come before those of the class itself. */
  void putFlags(Config.Builder config) {
    config
        .put("return_sequences", returnSequences)
        .put("return_state", returnState)
        .put("go_backwards", goBackwards)
        .put("stateful", false)
        .put("unroll", unroll)
        .put("zero_output_for_mask", zeroOutputForMask);
  }

  /** Writes the activations and the start values. */
  void putUpToInitializers(Config.Builder config, boolean hasGates) {
    config.put("activation", LayerActivation.serialize(activation));
    if (hasGates) {
      config.put("recurrent_activation", LayerActivation.serialize(gates));
    }

    config.put("use_bias", useBias);
    kernel.putInitializer(config, "kernel");
    recurrent.putInitializer(config, "recurrent");
    bias.putInitializer(config, "bias");
  }

  /** Writes penalties, constraints and dropout. */
  void putRest(Config.Builder config) {
    kernel.putRegularizer(config, "kernel");
    recurrent.putRegularizer(config, "recurrent");
    bias.putRegularizer(config, "bias");
    config.putIfAbsent("activity_regularizer", null);
    kernel.putConstraint(config, "kernel");
    recurrent.putConstraint(config, "recurrent");
    bias.putConstraint(config, "bias");
    config.put("dropout", dropout).put("recurrent_dropout", recurrentDropout);
  }

  RecurrentArguments withSequences(boolean value) {
    return withFlags(value, returnState, goBackwards, zeroOutputForMask);
  }

  RecurrentArguments withBackwards(boolean value) {
    return withFlags(returnSequences, returnState, value, zeroOutputForMask);
  }

  RecurrentArguments withFlags(boolean sequences, boolean state, boolean backwards, boolean zero) {
    return new RecurrentArguments(
        activation,
        gates,
        useBias,
        kernel,
        recurrent,
        bias,
        dropout,
        recurrentDropout,
        sequences,
        state,
        backwards,
        zero,
        unroll,
        seed);
  }

  RecurrentArguments withDropout(double ofInput, double ofState, @Nullable Long newSeed) {
    return new RecurrentArguments(
        activation,
        gates,
        useBias,
        kernel,
        recurrent,
        bias,
        ofInput,
        ofState,
        returnSequences,
        returnState,
        goBackwards,
        zeroOutputForMask,
        unroll,
        newSeed);
  }

  RecurrentArguments withWeights(
      WeightOptions newKernel, WeightOptions newRecurrent, WeightOptions newBias) {
    return new RecurrentArguments(
        activation,
        gates,
        useBias,
        newKernel,
        newRecurrent,
        newBias,
        dropout,
        recurrentDropout,
        returnSequences,
        returnState,
        goBackwards,
        zeroOutputForMask,
        unroll,
        seed);
  }

  RecurrentArguments withActivations(
      ActivationFunction ofState, ActivationFunction ofGates, boolean newUseBias) {
    return new RecurrentArguments(
        ofState,
        ofGates,
        newUseBias,
        kernel,
        recurrent,
        bias,
        dropout,
        recurrentDropout,
        returnSequences,
        returnState,
        goBackwards,
        zeroOutputForMask,
        unroll,
        seed);
  }
}
