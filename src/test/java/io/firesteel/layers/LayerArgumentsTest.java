package io.firesteel.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the layers refuse, and what their setters set. */
class LayerArgumentsTest {

  private static final Shape IMAGE = Shape.of(4, 3, 2);

  @Test
  void activationLayersRefuseWhatIsOutOfRange() {
    assertEquals(
        "ReLU: 'max_value' must be finite and >= 0. Received: -1.0",
        message(() -> ReLU.of().maxValue(-1)));
    assertEquals(
        "ReLU: 'negative_slope' must be finite and >= 0. Received: NaN",
        message(() -> ReLU.of().negativeSlope(Double.NaN)));
    assertEquals(
        "ReLU: 'threshold' must be finite and >= 0. Received: Infinity",
        message("ReLU", Map.of("threshold", "Infinity")));
    assertEquals(
        "LeakyReLU: 'negative_slope' must be finite and >= 0. Received: -0.1",
        message(() -> LeakyReLU.of(-0.1)));
    assertEquals("ELU: 'alpha' must be finite. Received: NaN", message(() -> ELU.of(Double.NaN)));
    assertEquals(
        "GaussianNoise: 'stddev' must be in [0, 1]. Received: 1.5",
        message(() -> GaussianNoise.of(1.5)));
  }

  @Test
  void axesOutsideTheRowAreRefused() {
    assertEquals(
        "Softmax: 'axis' is outside rows of shape (4, 3, 2) (0 is the batch, -1 the last axis)."
            + " Received: 0",
        message(() -> Softmax.of(0).computeOutputShape(IMAGE)));
    assertEquals(
        "LayerNormalization: 'axis' is outside rows of shape (4, 3, 2) (0 is the batch, -1 the last"
            + " axis). Received: -4",
        message(() -> LayerNormalization.of().axis(-4).computeOutputShape(IMAGE)));
    assertEquals(
        "Softmax: several axes must be adjacent and different. Received: axis=[1, 3]",
        message(() -> Softmax.over(1, 3).computeOutputShape(IMAGE)));
    assertEquals(
        "Softmax: several axes must be adjacent and different. Received: axis=[3, -1]",
        message(() -> Softmax.over(3, -1).computeOutputShape(IMAGE)));
    assertEquals(
        "Softmax: 'axis' must be an integer or a list of integers. Received: []",
        message("Softmax", Map.of("axis", List.of())));
    assertEquals(
        "Softmax: 'axis' must be an integer or a list of integers. Received: [0.5]",
        message("Softmax", Map.of("axis", List.of(0.5))));
    assertEquals(
        "LayerNormalization: 'epsilon' must be finite and >= 0. Received: -1.0",
        message(() -> LayerNormalization.of().epsilon(-1)));
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    assertEquals(
        "Reshape: rows of shape (4, 3, 2) with 24 values do not fit into target_shape=[5, -1]",
        message(() -> Reshape.of(5, -1).computeOutputShape(IMAGE)));
    assertEquals(
        "Reshape: rows of shape (4, 3, 2) with 24 values do not fit into target_shape=[6, 2]",
        message(() -> Reshape.of(6, 2).computeOutputShape(IMAGE)));
    assertEquals(
        "Reshape: 'target_shape' must be a list of integers of at least 1, of which one may be -1."
            + " Received: [-1, -1]",
        message(() -> Reshape.of(-1, -1)));
    assertEquals(
        "Reshape: 'target_shape' must be a list of integers of at least 1, of which one may be -1."
            + " Received: [1.5]",
        message("Reshape", Map.of("target_shape", List.of(1.5))));
    assertEquals(
        "Rescaling: 'scale' must be one number, or one for each of the 2 values of the last axis."
            + " Received: [1.0, 2.0, 3.0]",
        message(
            () ->
                Rescaling.of(new double[] {1, 2, 3}, new double[] {0}).computeOutputShape(IMAGE)));
    assertEquals(
        "Rescaling: 'offset' must be a number or a list of numbers. Received: []",
        message("Rescaling", Map.of("scale", 1.0, "offset", List.of())));
    assertEquals(
        "Rescaling: 'scale' must be finite. Received: NaN",
        message(() -> Rescaling.of(Double.NaN)));
  }

  @Test
  void imagesHaveThreeDimensionsAndRoomForAWindow() {
    assertEquals(
        "Conv2D needs rows of three dimensions (height, width, channels). Received the shape: (4,"
            + " 3)",
        message(() -> Conv2D.of(1, 2).computeOutputShape(Shape.of(4, 3))));
    assertEquals(
        "GlobalAveragePooling2D needs rows of three dimensions (channels, height, width). Received"
            + " the shape: ()",
        message(
            () ->
                GlobalAveragePooling2D.of()
                    .dataFormat("channels_first")
                    .computeOutputShape(Shape.scalar())));
    assertEquals(
        "Conv2D: rows of shape (4, 3, 2) are smaller than a window of kernel_size=[2, 2],"
            + " dilation_rate=[1, 3]",
        message(() -> Conv2D.of(1, 2).dilationRate(1, 3).computeOutputShape(IMAGE)));
    assertEquals(
        "Conv1D: rows of shape (3, 4) are smaller than a window of kernel_size=2, dilation_rate=3",
        message(() -> Conv1D.of(1, 2).dilationRate(3).computeOutputShape(Shape.of(3, 4))));
    assertEquals(
        "DepthwiseConv1D: rows of shape (4, 3) are smaller than a window of kernel_size=4,"
            + " dilation_rate=1",
        message(
            () ->
                DepthwiseConv1D.of(4)
                    .dataFormat("channels_first")
                    .computeOutputShape(Shape.of(4, 3))));
    assertEquals(
        "MaxPooling2D: rows of shape (4, 3, 2) are smaller than a window of pool_size=[5, 2]",
        message(() -> MaxPooling2D.of(5, 2).computeOutputShape(IMAGE)));
  }

  @Test
  void windowsOutOfRangeAreRefused() {
    assertEquals(
        "Conv2D: 'filters' must be an integer >= 1. Received: 0", message(() -> Conv2D.of(0, 2)));
    assertEquals(
        "Conv2D: 'filters' must be an integer >= 1. Received: -1",
        message("Conv2D", Map.of("filters", -1, "kernel_size", 2)));
    assertEquals(
        "Conv2D: 'kernel_size' must be one or two integers >= 1. Received: [2, 0]",
        message(() -> Conv2D.of(1, 2, 0)));
    for (Object size :
        List.of(0, List.of(1), List.of(1, 2, 3), List.of(1, 0.5), List.of(1L << 40, 1))) {
      assertEquals(
          "Conv2D: 'kernel_size' must be one or two integers >= 1. Received: " + text(size),
          message("Conv2D", Map.of("filters", 1, "kernel_size", size)));
    }

    assertEquals(
        "AveragePooling2D: 'strides' must be one or two integers >= 1. Received: [0, 0]",
        message(() -> AveragePooling2D.of(2).strides(0)));
    assertEquals(
        "Conv2D: only one of 'strides' and 'dilation_rate' can be above 1. Received: strides=[2,"
            + " 1], dilation_rate=[1, 2]",
        message(() -> Conv2D.of(1, 2).strides(2, 1).dilationRate(1, 2)));
    assertEquals(
        "MaxPooling2D: 'padding' must be one of valid, same. Received: causal",
        message(() -> MaxPooling2D.of().padding("causal")));
    assertEquals(
        "Conv2D: 'data_format' must be one of channels_last, channels_first. Received: first",
        message(() -> Conv2D.of(1, 2).dataFormat("first")));
  }

  @Test
  void whatIsNotSupportedIsRefusedByName() {
    assertEquals(
        "Conv2D: 'groups' must be a divisor of 'filters', 3. Received: 2",
        message("Conv2D", Map.of("filters", 3, "kernel_size", 1, "groups", 2)));
    assertEquals(
        "Conv2D: rows of shape (4, 4, 3) have 3 channels, which are not a multiple of groups=2",
        message(() -> Conv2D.of(4, 2).groups(2).computeOutputShape(Shape.of(4, 4, 3))));
    assertEquals(
        "DepthwiseConv1D: 'padding' must be one of valid, same. Received: causal",
        message(() -> DepthwiseConv1D.of(2).padding("causal")));
    assertEquals(
        "SeparableConv1D: 'kernel_size' must be an integer >= 1, or a list of one. Received: [2,"
            + " 2]",
        message("SeparableConv1D", Map.of("filters", 3, "kernel_size", List.of(2, 2))));
    assertEquals(
        "Conv2D: 'lora_rank' must be null, as others are not supported. Received: 2",
        message("Conv2D", Map.of("filters", 2, "kernel_size", 1, "lora_rank", 2)));
    assertEquals(
        "GroupNormalization: 'groups' must be an integer >= 1, or -1. Received: 0",
        message("GroupNormalization", Map.of("groups", 0)));
    assertEquals(
        "GroupNormalization: 'groups' must divide the number of channels, which is 4 in rows of"
            + " shape (3, 4). Received: 3",
        message(() -> GroupNormalization.of(3).computeOutputShape(Shape.of(3, 4))));
    assertEquals(
        "RMSNormalization: 'axis' must be the last axis or several last ones. Received: axis=[1]"
            + " for rows of shape (3, 4)",
        message(() -> RMSNormalization.of().axis(1).computeOutputShape(Shape.of(3, 4))));
    assertEquals(
        "Conv2DTranspose: 'output_padding' must be less than 'strides' along each axis. Received:"
            + " [0, 1]",
        message(() -> Conv2DTranspose.of(2, 3).outputPadding(0, 1)));
    assertEquals(
        "Embedding: 'input_length' must be null, as others are not supported. Received: 3",
        message("Embedding", Map.of("input_dim", 2, "output_dim", 1, "input_length", 3)));
  }

  @Test
  void vocabulariesOutOfRangeAreRefused() {
    assertEquals(
        "Embedding: 'input_dim' must be an integer from 1 to 16777216. Received: 16777217",
        message(() -> Embedding.of((1 << 24) + 1, 1)));
    assertEquals(
        "Embedding: 'output_dim' must be an integer >= 1. Received: 0",
        message(() -> Embedding.of(1, 0)));
    assertEquals(
        "Embedding: 'output_dim' must be an integer >= 1. Received: 0",
        message("Embedding", Map.of("input_dim", 1, "output_dim", 0)));
  }

  @Test
  void idsOutsideTheVocabularyAreRefused() {
    for (float id : new float[] {-1, 5, 0.5f, Float.NaN, 1e20f}) {
      FakeCall call = new FakeCall(2, 3, 6, 1);
      call.weights = new float[][] {new float[10]};
      call.input[4] = id;
      assertEquals(
          "The layer 'ids' takes whole numbers from 0 to 4 (input_dim=5). Received: "
              + id
              + " in row 1 of the batch, at place 1 of the row",
          message(() -> Embedding.of(5, 2).name("ids").forward(Shape.of(3), call)));
    }
  }

  @Test
  void batchNormalizationRefusesWhatIsOutOfRange() {
    assertEquals(
        "BatchNormalization: 'momentum' must be in [0, 1]. Received: 1.5",
        message(() -> BatchNormalization.of().momentum(1.5)));
    assertEquals(
        "BatchNormalization: 'epsilon' must be finite and >= 0. Received: -1.0",
        message(() -> BatchNormalization.of().epsilon(-1)));
    assertEquals(
        "BatchNormalization: 'synchronized' must be false, as true is not supported. Received:"
            + " true",
        message("BatchNormalization", Map.of("synchronized", true)));
    assertEquals(
        "renorm_clipping does not know the field 'min'. Allowed: dmax, rmax, rmin. Did you mean"
            + " 'rmin'?",
        message("BatchNormalization", Map.of("renorm_clipping", Map.of("min", 1))));
    assertEquals(
        "BatchNormalization: 'rmax' must be at least rmin, 2.0. Received: 1.0",
        message(() -> BatchNormalization.of().renorm(2.0, 1.0, null, 0.9)));
    assertEquals(
        "BatchNormalization: 'dmax' must be finite and >= 0. Received: -1.0",
        message(() -> BatchNormalization.of().renorm(null, null, -1.0, 0.9)));
    assertEquals(
        "BatchNormalization: 'axis' is outside rows of shape (4, 3, 2) (0 is the batch, -1 the last"
            + " axis). Received: 4",
        message(() -> BatchNormalization.of().axis(4).computeOutputShape(IMAGE)));
  }

  @Test
  void normalizationRefusesMomentsThatDoNotFit() {
    assertEquals(
        "Normalization: 'variance' must be given if and only if 'mean' is. Received: null",
        message("Normalization", Map.of("mean", 1.0)));
    assertEquals(
        "Normalization: 'mean' and 'variance' must have the same length. Received: [1.0, 2.0] and"
            + " [1.0]",
        message(() -> Normalization.of().moments(new double[] {1, 2}, new double[] {1})));
    assertEquals(
        "Normalization: 'variance' must be finite and >= 0. Received: -1.0",
        message(() -> Normalization.of().moments(1, -1)));
    assertEquals(
        "Normalization: 'mean' must be one number, or one for each of the 2 values of the last"
            + " axis. Received: [1.0, 2.0, 3.0]",
        message(
            () ->
                Normalization.of()
                    .moments(new double[] {1, 2, 3}, new double[] {1, 1, 1})
                    .computeOutputShape(IMAGE)));
  }

  @Test
  void settersReturnANewLayer() {
    Conv2D plain = Conv2D.of(2, 3);
    Config before = plain.getConfig();
    Conv2D full =
        plain
            .strides(2)
            .padding("same")
            .dataFormat("channels_first")
            .activation("relu")
            .useBias(false)
            .kernelInitializer("ones")
            .biasInitializer("ones")
            .kernelRegularizer("l1")
            .biasRegularizer("l2")
            .kernelConstraint("non_neg")
            .biasConstraint("unit_norm")
            .trainable(false);
    assertEquals(before, plain.getConfig());
    assertEquals(full.getConfig(), Layers.get(Layers.serialize(full)).getConfig());
    for (String key : before.keys()) {
      boolean same = List.of("name", "dtype", "filters", "kernel_size", "groups").contains(key);
      same = same || key.equals("dilation_rate") || key.equals("activity_regularizer");
      assertEquals(
          same,
          before.get(key) == null
              ? full.getConfig().get(key) == null
              : before.get(key).equals(full.getConfig().get(key)),
          key);
    }

    LayerNormalization norm =
        LayerNormalization.of()
            .betaInitializer("ones")
            .gammaInitializer("zeros")
            .betaRegularizer("l1")
            .gammaRegularizer("l2")
            .betaConstraint("non_neg")
            .gammaConstraint("unit_norm");
    assertEquals(norm.getConfig(), Layers.get(Layers.serialize(norm)).getConfig());
    Embedding embedding =
        Embedding.of(3, 2)
            .embeddingsInitializer("ones")
            .embeddingsRegularizer("l2")
            .embeddingsConstraint("non_neg");
    assertEquals(embedding.getConfig(), Layers.get(Layers.serialize(embedding)).getConfig());
    WeightSpec table = embedding.weights(Shape.of(1)).get(0);
    assertEquals(Shape.of(3, 2), table.shape());
  }

  @Test
  void keras2NamesAreRead() {
    Config old = Config.parse("{\"class_name\": \"LeakyReLU\", \"config\": {\"alpha\": 0.2}}");
    assertEquals(LeakyReLU.of(0.2).getConfig(), Layers.get(old).getConfig());
  }

  private static String text(Object value) {
    return Config.builder().put("a", value).build().get("a") + "";
  }

  private static String message(String className, Map<String, Object> config) {
    return message(() -> Layers.get(Map.of("class_name", className, "config", config)));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }

  @Test
  void layersOfVolumesSayWhatTheyTake() {
    Shape volume = Shape.of(2, 3, 4, 1);
    assertEquals(
        "Conv3D needs rows of four dimensions (depth, height, width, channels). Received the shape:"
            + " (4, 3, 2)",
        message(() -> Conv3D.of(2, 2).computeOutputShape(IMAGE)));
    assertEquals(
        "Conv3D: 'kernel_size' must be one or three integers >= 1. Received: [0, 1, 1]",
        message(() -> Conv3D.of(2, 0, 1, 1)));
    assertEquals(
        "Conv3D: only one of 'strides' and 'dilation_rate' can be above 1. Received: strides=[2, 1,"
            + " 1], dilation_rate=[1, 1, 2]",
        message(() -> Conv3D.of(2, 2).strides(2, 1, 1).dilationRate(1, 1, 2)));
    assertEquals(
        "Conv3D: rows of shape (2, 3, 4, 1) are smaller than a window of kernel_size=[3, 3, 3]",
        message(() -> Conv3D.of(2, 3).computeOutputShape(volume)));
    assertEquals(
        "MaxPooling3D: rows of shape (2, 3, 4, 1) are smaller than a window of pool_size=[3, 3, 3]",
        message(() -> MaxPooling3D.of(3).computeOutputShape(volume)));
    assertEquals(
        "Cropping3D: must leave something of rows of shape (2, 3, 4, 1). Received: cropping=[[1,"
            + " 1], [1, 1], [1, 1]]",
        message(() -> Cropping3D.of(1).computeOutputShape(volume)));
    assertEquals(
        "AdaptiveMaxPooling2D: 'output_size' must be integers >= 1. Received: [2, 0]",
        message(() -> AdaptiveMaxPooling2D.of(2, 0)));
    assertEquals(
        "AdaptiveMaxPooling2D: 'output_size' must be one integer >= 1, or 2 of them. Received: [1,"
            + " 2, 3]",
        message("AdaptiveMaxPooling2D", Map.of("output_size", List.of(1, 2, 3))));
    assertEquals(
        "GroupQueryAttention: 'num_key_value_heads' must be a divisor of 'num_query_heads', 4."
            + " Received: 3",
        message(() -> GroupedQueryAttention.of(2, 4, 3)));
    assertEquals(
        "Softmax: 'mask' must have the shape (4, 3, 2), or 1 in place of extents. Received: (4, 3)",
        message(() -> Softmax.of().computeOutputShape(List.of(IMAGE, Shape.of(4, 3)))));
  }
}
