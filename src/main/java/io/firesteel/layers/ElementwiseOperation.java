package io.firesteel.layers;

import io.firesteel.internal.saving.KerasOperation;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatMath;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A function of each value for itself that is no activation of Keras, {@code ops.log(x)}, {@code x
 * ** 2} (Keras 3.15, keras/src/ops/numpy.py). What Java's {@link StrictMath} has is computed by it
 * in double precision, so that the bits are the same on every machine.
 */
final class ElementwiseOperation extends KerasLayer<ElementwiseOperation>
    implements KerasOperation {

  private static final String NAME = "ElementwiseOperation";
  private static final String RSQRT = "Rsqrt";

  /** The operations that cut values off: at a number, for Keras's {@code ops.maximum(x, 0.1)}. */
  private static final List<String> BOUNDED = List.of("Clip", "Maximum", "Minimum");

  /** A function, or its slope by x and y = f(x). */
  @FunctionalInterface
  private interface Slope {
    float at(float x, float y);
  }

  private record Rule(Slope value, Slope slope) {}

  private static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("Absolute", new Rule((x, y) -> Math.abs(x), (x, y) -> Math.signum(x))),
          Map.entry("Square", new Rule((x, y) -> x * x, (x, y) -> 2.0f * x)),
          Map.entry("Sqrt", new Rule((x, y) -> (float) Math.sqrt(x), (x, y) -> 0.5f / y)),
          Map.entry(
              "Rsqrt", new Rule((x, y) -> 1.0f / (float) Math.sqrt(x), (x, y) -> -0.5f * y / x)),
          Map.entry("Reciprocal", new Rule((x, y) -> 1.0f / x, (x, y) -> -y * y)),
          Map.entry("Log", new Rule((x, y) -> (float) StrictMath.log(x), (x, y) -> 1.0f / x)),
          Map.entry(
              "Log1p",
              new Rule((x, y) -> (float) StrictMath.log1p(x), (x, y) -> 1.0f / (1.0f + x))),
          Map.entry("Expm1", new Rule((x, y) -> FloatMath.expm1(x), (x, y) -> FloatMath.exp(x))),
          Map.entry(
              "Sin",
              new Rule((x, y) -> (float) StrictMath.sin(x), (x, y) -> (float) StrictMath.cos(x))),
          Map.entry(
              "Cos",
              new Rule((x, y) -> (float) StrictMath.cos(x), (x, y) -> (float) -StrictMath.sin(x))));

  private final String kind;
  private final @Nullable Double exponent;
  private final @Nullable Double least;
  private final @Nullable Double most;
  private final Rule rule;

  private ElementwiseOperation(
      String kind,
      @Nullable Double exponent,
      @Nullable Double least,
      @Nullable Double most,
      LayerOptions options) {
    super(options);
    this.kind = kind;
    this.exponent = exponent;
    this.least = least;
    this.most = most;
    this.rule = rule();
  }

  static ElementwiseOperation fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    ElementwiseOperation layer =
        new ElementwiseOperation(
            reader.string("operation"),
            reader.nullableNumber("exponent", null),
            reader.nullableNumber("x_min", null),
            reader.nullableNumber("x_max", null),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  private Rule rule() {
    if (kind.equals("Power")) {
      double power = Objects.requireNonNull(exponent);
      return power == 2.0
          ? Objects.requireNonNull(RULES.get("Square"))
          : new Rule(
              (x, y) -> (float) StrictMath.pow(x, power),
              (x, y) -> (float) (power == 0.0 ? 0.0 : power * StrictMath.pow(x, power - 1.0)));
    }

    if (BOUNDED.contains(kind)) {
      float low = least == null ? Float.NEGATIVE_INFINITY : least.floatValue();
      float high = most == null ? Float.POSITIVE_INFINITY : most.floatValue();
      Argument.require(kind, "x_min", low, low <= high, "at most x_max=" + most);
      return new Rule(
          (x, y) -> Math.min(Math.max(x, low), high),
          (x, y) -> x > low && x < high ? 1.0f : x == low || x == high ? 0.5f : 0.0f);
    }

    Rule known = RULES.get(kind);
    Argument.require(
        NAME, "operation", kind, known != null, RULES.keySet() + ", Power, Clip, Maximum, Minimum");
    return Objects.requireNonNull(known);
  }

  @Override
  protected ElementwiseOperation with(LayerOptions newOptions) {
    return new ElementwiseOperation(kind, exponent, least, most, newOptions);
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return input;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    float[] x = call.input();
    float[] y = call.output();
    for (int i = 0; i < call.rows() * input.size(); i++) {
      y[i] = rule.value().at(x[i], 0.0f);
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    float[] x = call.input();
    float[] y = call.output();
    float[] g = call.outputGradient();
    for (int i = 0; i < call.rows() * input.size(); i++) {
      ofInput[i] = g[i] * rule.slope().at(x[i], y[i]);
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder config = baseConfig().put("operation", kind);
    if (exponent != null) {
      config.put("exponent", exponent);
    }

    return BOUNDED.contains(kind)
        ? config.put("x_min", least).put("x_max", most).build()
        : config.build();
  }

  @Override
  public String operationModule() {
    return kind.equals(RSQRT) ? "keras.src.ops.math" : KerasOperation.super.operationModule();
  }

  @Override
  public String operation() {
    return kind;
  }

  @Override
  public Config operationConfig() {
    return kind.equals("Clip")
        ? Config.builder().put("x_min", least).put("x_max", most).build()
        : Config.empty();
  }

  @Override
  public List<Object> operationArguments() {
    Double number = kind.equals("Maximum") ? least : kind.equals("Minimum") ? most : exponent;
    return number == null ? List.of() : List.of(number);
  }
}
