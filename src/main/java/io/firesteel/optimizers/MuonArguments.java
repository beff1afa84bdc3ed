package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The checked arguments of {@link Muon}, but for those that all optimizers share. */
record MuonArguments(
    double adamBeta1,
    double adamBeta2,
    double epsilon,
    List<String> excludeLayers,
    double a,
    double b,
    double c,
    Number adamLrRatio,
    double momentum,
    int nsSteps,
    boolean nesterov,
    boolean excludeEmbeddings,
    @Nullable Double adamWeightDecay,
    @Nullable Double rmsRate) {

  private static final String OWNER = "Muon";

  static MuonArguments of(Muon.Builder builder) {
    checkNullable(builder);
    checkExpressions(builder.excludeLayers);
    Argument.nonNegative(OWNER, "adam_lr_ratio", builder.adamLrRatio.doubleValue());
    return new MuonArguments(
        Argument.belowOne(OWNER, "adam_beta_1", builder.adamBeta1),
        Argument.belowOne(OWNER, "adam_beta_2", builder.adamBeta2),
        Argument.nonNegative(OWNER, "epsilon", builder.epsilon),
        builder.excludeLayers,
        Argument.finite(OWNER, "muon_a", builder.a),
        Argument.finite(OWNER, "muon_b", builder.b),
        Argument.finite(OWNER, "muon_c", builder.c),
        builder.adamLrRatio,
        Argument.belowOne(OWNER, "momentum", builder.momentum),
        Argument.size(OWNER, "ns_steps", 1, builder.nsSteps),
        builder.nesterov,
        builder.excludeEmbeddings,
        builder.adamWeightDecay,
        builder.rmsRate);
  }

  private static void checkNullable(Muon.Builder builder) {
    if (builder.adamWeightDecay != null) {
      Argument.nonNegative(OWNER, "adam_weight_decay", builder.adamWeightDecay);
    }

    if (builder.rmsRate != null) {
      Argument.positive(OWNER, "rms_rate", builder.rmsRate);
    }
  }

  private static void checkExpressions(List<String> expressions) {
    try {
      expressions.forEach(Pattern::compile);
    } catch (PatternSyntaxException e) {
      IllegalArgumentException refusal =
          Argument.invalid(OWNER, "exclude_layers", expressions, "regular expressions");
      refusal.initCause(e);
      throw refusal;
    }
  }

  /** Tells whether a variable is updated by Muon's rule rather than Adam's. */
  boolean isMatrix(Variable variable) {
    String path = variable.path();
    return variable.shape().rank() == 2
        && !(excludeEmbeddings && path.toLowerCase(Locale.ROOT).contains("embedding"))
        && excludeLayers.stream().noneMatch(layer -> Pattern.compile(layer).matcher(path).find());
  }

  /** What the size of a matrix multiplies its update by; 1 without {@code rms_rate}. */
  float size(Shape shape) {
    return rmsRate == null ? 1 : FloatOps.sqrt(Math.max(shape.dim(0), shape.dim(1)));
  }

  /** The factor {@code rms_rate}, 1 without it. */
  float rms() {
    return rmsRate == null ? 1 : (float) (double) rmsRate;
  }

  static void read(ConfigReader reader, Muon.Builder builder) {
    builder
        .adamBeta1(reader.number("adam_beta_1", builder.adamBeta1))
        .adamBeta2(reader.number("adam_beta_2", builder.adamBeta2))
        .epsilon(reader.number("epsilon", builder.epsilon))
        .excludeLayers(reader.strings("exclude_layers"))
        .muonA(reader.number("muon_a", builder.a))
        .muonB(reader.number("muon_b", builder.b))
        .muonC(reader.number("muon_c", builder.c))
        .momentum(reader.number("momentum", builder.momentum))
        .nesterov(reader.bool("nesterov", builder.nesterov))
        .excludeEmbeddings(reader.bool("exclude_embeddings", builder.excludeEmbeddings));
    builder.nsSteps = reader.integer("ns_steps", builder.nsSteps);
    builder.adamWeightDecay = reader.nullableNumber("adam_weight_decay", builder.adamWeightDecay);
    builder.rmsRate = reader.nullableNumber("rms_rate", builder.rmsRate);
    if (reader.seen("adam_lr_ratio")) {
      builder.adamLrRatio =
          reader.any("adam_lr_ratio") instanceof Long whole
              ? whole
              : (Number) reader.number("adam_lr_ratio");
    }
  }

  /** Returns the arguments under Keras's keys, in Keras's order. */
  Config toConfig() {
    return Config.builder()
        .put("adam_beta_1", adamBeta1)
        .put("adam_beta_2", adamBeta2)
        .put("epsilon", epsilon)
        .put("exclude_layers", excludeLayers)
        .put("muon_a", a)
        .put("muon_b", b)
        .put("muon_c", c)
        .put("adam_lr_ratio", adamLrRatio)
        .put("momentum", momentum)
        .put("ns_steps", nsSteps)
        .put("nesterov", nesterov)
        .put("exclude_embeddings", excludeEmbeddings)
        .put("adam_weight_decay", adamWeightDecay)
        .put("rms_rate", rmsRate)
        .build();
  }
}
