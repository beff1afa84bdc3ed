package io.firesteel.testing;

import io.firesteel.layers.Activation;
import io.firesteel.layers.ActivityRegularization;
import io.firesteel.layers.Add;
import io.firesteel.layers.AlphaDropout;
import io.firesteel.layers.Average;
import io.firesteel.layers.AveragePooling1D;
import io.firesteel.layers.AveragePooling2D;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Bidirectional;
import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Conv1D;
import io.firesteel.layers.Conv1DTranspose;
import io.firesteel.layers.Conv2D;
import io.firesteel.layers.Conv2DTranspose;
import io.firesteel.layers.Cropping1D;
import io.firesteel.layers.Cropping2D;
import io.firesteel.layers.Dense;
import io.firesteel.layers.DepthwiseConv1D;
import io.firesteel.layers.DepthwiseConv2D;
import io.firesteel.layers.Dot;
import io.firesteel.layers.Dropout;
import io.firesteel.layers.ELU;
import io.firesteel.layers.EinsumDense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.FMInteraction;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.GRU;
import io.firesteel.layers.GaussianDropout;
import io.firesteel.layers.GaussianNoise;
import io.firesteel.layers.GlobalAveragePooling1D;
import io.firesteel.layers.GlobalAveragePooling2D;
import io.firesteel.layers.GlobalMaxPooling1D;
import io.firesteel.layers.GlobalMaxPooling2D;
import io.firesteel.layers.GroupNormalization;
import io.firesteel.layers.Identity;
import io.firesteel.layers.Input;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.LSTM;
import io.firesteel.layers.Layer;
import io.firesteel.layers.LayerNormalization;
import io.firesteel.layers.LeakyReLU;
import io.firesteel.layers.Masking;
import io.firesteel.layers.MaxPooling1D;
import io.firesteel.layers.MaxPooling2D;
import io.firesteel.layers.Maximum;
import io.firesteel.layers.Minimum;
import io.firesteel.layers.MultiHeadAttention;
import io.firesteel.layers.Multiply;
import io.firesteel.layers.Normalization;
import io.firesteel.layers.PReLU;
import io.firesteel.layers.Permute;
import io.firesteel.layers.RMSNormalization;
import io.firesteel.layers.ReLU;
import io.firesteel.layers.RepeatVector;
import io.firesteel.layers.Rescaling;
import io.firesteel.layers.Reshape;
import io.firesteel.layers.SeparableConv1D;
import io.firesteel.layers.SeparableConv2D;
import io.firesteel.layers.SimpleRNN;
import io.firesteel.layers.Softmax;
import io.firesteel.layers.SpatialDropout1D;
import io.firesteel.layers.SpatialDropout2D;
import io.firesteel.layers.Subtract;
import io.firesteel.layers.TimeDistributed;
import io.firesteel.layers.UnitNormalization;
import io.firesteel.layers.UpSampling1D;
import io.firesteel.layers.UpSampling2D;
import io.firesteel.layers.ZeroPadding1D;
import io.firesteel.layers.ZeroPadding2D;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import io.firesteel.tensor.RandomStream;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A small model of each kind of layer, with weights, and rows for it. */
public final class ServedModels {

  private ServedModels() {}

  /**
   * A model.
   *
   * @param ids the values of its rows are whole numbers below it; 0 for any numbers
   */
  public record Served(Model model, int ids) {

    /** Returns rows, each time the same. */
    public float[][] rows(int count) {
      RandomStream random = RandomStream.of(5, count);
      float[][] rows = new float[count][model.predictor().inputSize()];
      for (float[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          row[i] = ids > 0 ? random.nextInt(ids) : (float) random.nextGaussian();
        }
      }

      return rows;
    }

    @Override
    public String toString() {
      return model.layers().stream()
          .filter(layer -> !(layer instanceof InputLayer))
          .map(layer -> layer.getClass().getSimpleName() + layer.getConfig().toJson())
          .toList()
          .toString();
    }
  }

  /** Returns models of dense inputs, each layer in one of them at least. */
  public static Stream<Served> all() {
    return Stream.of(ofVectors(), ofImages(), ofSequences(), ofIds(), merging())
        .flatMap(List::stream);
  }

  private static List<Served> ofVectors() {
    return List.of(
        of(Dense.of(5).inputShape(4)),
        of(Dense.of(3).activation("softmax").inputShape(2, 4)),
        of(Dense.of(3).activation(LeakyReLU.of(0.3)).useBias(false).inputShape(2, 4)),
        of(Dropout.of(0.4).inputShape(3), Dense.of(2)),
        of(GaussianNoise.of(0.4).inputShape(3), GaussianDropout.of(0.2), Dense.of(2)),
        of(AlphaDropout.of(0.4).inputShape(3), ActivityRegularization.of(0.1, 0.1), Dense.of(2)),
        of(Identity.of().inputShape(3), Dense.of(2)),
        of(Flatten.of().inputShape(2, 3)),
        of(Flatten.of().dataFormat("channels_first").inputShape(2, 3, 2)),
        of(Reshape.of(3, -1).inputShape(2, 6)),
        of(Permute.of(3, 1, 2).inputShape(2, 3, 4)),
        of(RepeatVector.of(3).inputShape(4)),
        of(Rescaling.of(0.5, 2.0).inputShape(2, 3)),
        of(Rescaling.of(new double[] {0.5, 2.0}, new double[] {1.0}).inputShape(3, 2)),
        of(Normalization.of().inputShape(2, 3)),
        of(Normalization.of().axis(1).invert(true).inputShape(2, 3)),
        of(Normalization.of().axis().inputShape(2, 3)),
        of(Normalization.of().moments(0.5, 2.0).inputShape(4)),
        of(ReLU.of().inputShape(8)),
        of(ReLU.of().maxValue(0.4).negativeSlope(0.2).inputShape(8)),
        of(ReLU.of().threshold(0.4).negativeSlope(0.2).inputShape(8)),
        of(ReLU.of().threshold(0.2).maxValue(0.7).inputShape(8)),
        of(LeakyReLU.of().inputShape(8)),
        of(ELU.of(2.0).inputShape(8)),
        of(PReLU.of().inputShape(6)),
        of(PReLU.of().sharedAxes(1).inputShape(2, 3)),
        of(Softmax.of().inputShape(2, 4)),
        of(Softmax.of(1).inputShape(2, 4)),
        of(Softmax.over(1, 2).inputShape(2, 3, 2)),
        of(UnitNormalization.of().inputShape(2, 3)),
        of(LayerNormalization.of().inputShape(2, 6)),
        of(LayerNormalization.of().axis(1).center(false).inputShape(6, 2)),
        of(LayerNormalization.of().axis(-2, -1).scale(false).inputShape(2, 3, 2)),
        of(LayerNormalization.of().rmsScaling(true).inputShape(2, 6)),
        of(BatchNormalization.of().inputShape(4)),
        of(BatchNormalization.of().center(false).inputShape(2, 3, 2)),
        of(BatchNormalization.of().axis(1).scale(false).inputShape(2, 4)),
        of(GroupNormalization.of(2).inputShape(6)),
        of(GroupNormalization.of(2).inputShape(3, 2, 4)),
        of(GroupNormalization.of(-1).axis(1).center(false).inputShape(4, 3, 2)),
        of(GroupNormalization.of(3).axis(2).scale(false).epsilon(0.1).inputShape(2, 6, 2)),
        of(RMSNormalization.of().inputShape(5)),
        of(RMSNormalization.of().axis(-2, -1).epsilon(0.1).inputShape(2, 3, 2)));
  }

  private static List<Served> ofImages() {
    return List.of(
        of(Conv2D.of(2, 3).inputShape(5, 4, 2)),
        of(Conv2D.of(3, 3, 2).strides(2, 1).padding("same").inputShape(4, 5, 1)),
        of(Conv2D.of(2, 2).dilationRate(2).padding("same").inputShape(4, 3, 2)),
        of(Conv2D.of(3, 2).activation("softmax").useBias(false).inputShape(3, 3, 2)),
        of(
            Conv2D.of(2, 2)
                .dataFormat("channels_first")
                .activation("softmax")
                .padding("same")
                .inputShape(2, 3, 4)),
        of(MaxPooling2D.of().inputShape(5, 4, 2)),
        of(
            MaxPooling2D.of(3, 2)
                .strides(1)
                .padding("same")
                .dataFormat("channels_first")
                .inputShape(2, 4, 3)),
        of(AveragePooling2D.of(2).inputShape(5, 4, 2)),
        of(
            AveragePooling2D.of(3, 2)
                .strides(1, 2)
                .padding("same")
                .dataFormat("channels_first")
                .inputShape(2, 4, 3)),
        of(GlobalAveragePooling2D.of().inputShape(3, 4, 2)),
        of(
            GlobalAveragePooling2D.of()
                .dataFormat("channels_first")
                .keepdims(true)
                .inputShape(2, 3, 4)),
        of(GlobalMaxPooling2D.of().inputShape(3, 4, 2)),
        of(GlobalMaxPooling2D.of().dataFormat("channels_first").inputShape(2, 3, 4)),
        of(ZeroPadding2D.of(1, 0, 2, 1).inputShape(3, 2, 2)),
        of(ZeroPadding2D.of(1).dataFormat("channels_first").inputShape(2, 3, 2)),
        of(Cropping2D.of(1, 0, 0, 1).inputShape(3, 3, 2)),
        of(Cropping2D.of(1).dataFormat("channels_first").inputShape(2, 3, 4)),
        of(UpSampling2D.of().inputShape(2, 3, 2)),
        of(UpSampling2D.of(1, 2).dataFormat("channels_first").inputShape(2, 2, 2)),
        of(SpatialDropout2D.of(0.4).inputShape(4, 2, 2), Conv2D.of(2, 2).activation("relu")),
        of(Conv2DTranspose.of(3, 3).inputShape(4, 3, 2)),
        of(Conv2DTranspose.of(2, 2, 3).strides(3, 2).inputShape(3, 4, 2)),
        of(
            Conv2DTranspose.of(3, 3)
                .strides(2)
                .padding("same")
                .activation("relu")
                .inputShape(3, 4, 2)),
        of(Conv2DTranspose.of(3, 2).strides(3).padding("same").useBias(false).inputShape(3, 4, 2)),
        of(
            Conv2DTranspose.of(2, 3)
                .strides(2)
                .outputPadding(0, 1)
                .padding("same")
                .inputShape(3, 4, 2)),
        of(Conv2DTranspose.of(2, 3).strides(2).outputPadding(1, 0).inputShape(3, 4, 2)),
        of(
            Conv2DTranspose.of(2, 2)
                .dilationRate(2)
                .dataFormat("channels_first")
                .inputShape(2, 3, 4)),
        of(DepthwiseConv2D.of(2).inputShape(4, 3, 2)),
        of(
            DepthwiseConv2D.of(3, 2)
                .depthMultiplier(3)
                .strides(2)
                .padding("same")
                .activation("tanh")
                .inputShape(4, 5, 2)),
        of(
            DepthwiseConv2D.of(2)
                .depthMultiplier(2)
                .dilationRate(2)
                .useBias(false)
                .dataFormat("channels_first")
                .inputShape(3, 4, 4)),
        of(SeparableConv2D.of(3, 2).inputShape(4, 3, 2)),
        of(
            SeparableConv2D.of(2, 3, 2)
                .depthMultiplier(2)
                .padding("same")
                .activation("softmax")
                .dataFormat("channels_first")
                .inputShape(3, 4, 3)));
  }

  private static List<Served> ofSequences() {
    return List.of(
        of(Conv1D.of(2, 3).padding("same").inputShape(5, 2)),
        of(Conv1D.of(2, 2).strides(2).activation("tanh").useBias(false).inputShape(5, 2)),
        of(Conv1D.of(2, 3).padding("causal").dilationRate(2).inputShape(6, 2)),
        of(Conv1D.of(4, 2).groups(2).dataFormat("channels_first").inputShape(4, 5)),
        of(DepthwiseConv1D.of(3).depthMultiplier(2).padding("same").inputShape(5, 2)),
        of(SeparableConv1D.of(3, 2).strides(2).activation("tanh").inputShape(5, 2)),
        of(Conv1DTranspose.of(3, 3).strides(2).padding("same").inputShape(4, 2)),
        of(Conv1DTranspose.of(3, 2).dataFormat("channels_first").inputShape(2, 4)),
        of(UpSampling2D.of(2, 3).interpolation("bilinear").inputShape(3, 4, 2)),
        of(UpSampling2D.of(2, 2).interpolation("bicubic").inputShape(4, 5, 2)),
        of(EinsumDense.of("abc,cde->abed", -1, 2, 3).biasAxes("e").inputShape(2, 4)),
        of(EinsumDense.of("...x,xy->...y", 3).activation("tanh").inputShape(2, 2, 3)),
        of(Conv2D.of(4, 2).groups(2).inputShape(3, 4, 4)),
        of(UpSampling1D.of(3).inputShape(4, 2)),
        of(MaxPooling1D.of(2).inputShape(5, 2)),
        of(AveragePooling1D.of(2).strides(1).padding("same").inputShape(5, 2)),
        of(GlobalMaxPooling1D.of().inputShape(4, 2)),
        of(GlobalAveragePooling1D.of().inputShape(4, 2)),
        of(ZeroPadding1D.of(1, 2).inputShape(3, 2)),
        of(Cropping1D.of(1).inputShape(4, 2)),
        of(SpatialDropout1D.of(0.4).inputShape(3, 4), SimpleRNN.of(3)),
        of(
            SimpleRNN.of(2)
                .returnSequences(true)
                .goBackwards(true)
                .activation("linear")
                .inputShape(3, 2)),
        of(GRU.of(3).inputShape(4, 2)),
        of(GRU.of(2).returnSequences(true).useBias(false).inputShape(3, 2)),
        of(GRU.of(2).recurrentActivation("relu").activation("linear").inputShape(3, 2)),
        of(LSTM.of(3).inputShape(4, 2)),
        of(LSTM.of(2).returnSequences(true).goBackwards(true).inputShape(3, 2)),
        of(LSTM.of(2).activation("relu").inputShape(3, 2)),
        of(Bidirectional.of(LSTM.of(2)).inputShape(3, 2)),
        of(Bidirectional.of(GRU.of(2).returnSequences(true)).mergeMode("mul").inputShape(3, 2)),
        of(Bidirectional.of(SimpleRNN.of(2)).mergeMode("ave").inputShape(3, 2)),
        of(TimeDistributed.of(Dense.of(2).activation("tanh")).inputShape(3, 4)),
        of(TimeDistributed.of(Conv2D.of(2, 2)).inputShape(2, 3, 3, 1)));
  }

  private static List<Served> ofIds() {
    return List.of(
        of(5, Embedding.of(5, 3).inputShape(4), Flatten.of(), Dense.of(2)),
        of(5, Embedding.of(5, 3).inputShape(4), FMInteraction.of()),
        of(2, Masking.of().inputShape(4, 2), LSTM.of(2)),
        of(2, Masking.of().inputShape(4, 2), GlobalAveragePooling1D.of()),
        of(2, Masking.of().inputShape(3, 2), GRU.of(2).returnSequences(true)));
  }

  private static List<Served> merging() {
    return List.of(
        merged(Add.of(), new int[] {2, 3}, new int[] {2, 3}, new int[] {2, 3}),
        merged(Add.of(), new int[] {2, 3}, new int[] {3}, new int[] {2, 1}),
        merged(Subtract.of(), new int[] {1}, new int[] {4}),
        merged(Multiply.of(), new int[] {2, 3}, new int[] {2, 1}),
        merged(Average.of(), new int[] {3}, new int[] {3}, new int[] {3}),
        merged(Maximum.of(), new int[] {5}, new int[] {5}, new int[] {5}),
        merged(Minimum.of(), new int[] {5}, new int[] {1}),
        merged(Concatenate.of(), new int[] {2}, new int[] {3}, new int[] {1}),
        merged(Concatenate.of().axis(1), new int[] {2, 3}, new int[] {1, 3}),
        merged(Dot.of(1), new int[] {4}, new int[] {4}),
        merged(Dot.of(-1).normalize(true), new int[] {4}, new int[] {4}),
        merged(Dot.of(2, 1), new int[] {2, 3}, new int[] {3, 4}),
        merged(Dot.of(1, 3), new int[] {3, 2}, new int[] {2, 2, 3}),
        severalOutputs(),
        nested(),
        merged(MultiHeadAttention.of(2, 3), new int[] {4, 2}, new int[] {5, 3}),
        merged(
            MultiHeadAttention.of(2, 3).valueDim(2).useBias(false).outputShape(4).slidingWindow(2),
            new int[] {4, 2},
            new int[] {4, 3},
            new int[] {4, 2}),
        maskedAttention(0),
        maskedAttention(0.2),
        maskedParts(1),
        maskedParts(2),
        deepMasks());
  }

  /** Returns a model of a layer of several inputs. */
  private static Served merged(Layer layer, int[]... shapes) {
    List<KerasTensor> inputs = new ArrayList<>();
    for (int[] shape : shapes) {
      inputs.add(Input.of(shape).output());
    }

    return filled(new Model(inputs, List.of(layer.call(inputs))), 0);
  }

  /** Returns a model with a layer that is called twice, and two outputs. */
  private static Served severalOutputs() {
    KerasTensor left = Input.of(3).name("left").output();
    KerasTensor right = Input.of(3).name("right").output();
    Dense shared = Dense.of(4).activation("tanh").name("shared");
    KerasTensor one = shared.call(left);
    KerasTensor two = shared.call(right);
    KerasTensor sum = Dense.of(2).name("sum").call(Add.of().call(one, two));
    return filled(new Model(List.of(left, right), List.of(sum, one)), 0);
  }

  /** Returns a model with another one in it, called twice. */
  private static Served nested() {
    Sequential inner = new Sequential("inner");
    inner.add(Dense.of(3).activation("relu").inputShape(2)).add(BatchNormalization.of());
    KerasTensor left = Input.of(2).output();
    KerasTensor right = Input.of(2).output();
    KerasTensor both = Concatenate.of().call(inner.call(left), inner.call(right));
    return filled(new Model(List.of(left, right), List.of(Dense.of(1).call(both))), 0);
  }

  /** Returns a model of attention between sequences with masks. */
  private static Served maskedAttention(double dropout) {
    KerasTensor query = Input.of(3, 2).output();
    KerasTensor value = Input.of(4, 2).output();
    KerasTensor attended =
        MultiHeadAttention.of(2, 2)
            .dropout(dropout)
            .call(Masking.of().call(query), Masking.of().call(value));
    return filled(new Model(List.of(query, value), List.of(LSTM.of(2).call(attended))), 2);
  }

  /** Returns a model that puts two sequences together, of which one has a mask. */
  private static Served maskedParts(int axis) {
    KerasTensor one = Input.of(3, 2).output();
    KerasTensor other = Input.of(3, 2).output();
    KerasTensor third = Input.of(3, 2).output();
    KerasTensor both = Concatenate.of().axis(1).call(Masking.of().call(one), other);
    KerasTensor all =
        axis == 1
            ? both
            : Concatenate.of().axis(2).call(Masking.of().call(one), Masking.of().call(third));
    return filled(
        new Model(
            List.of(one, other, third),
            List.of(GRU.of(2).call(all), Flatten.of().call(other), Flatten.of().call(third))),
        2);
  }

  /** Returns a model in which ids give a mask to layers above each other, two ways and nested. */
  private static Served deepMasks() {
    Sequential inner = new Sequential("inner");
    inner.add(GRU.of(2).returnSequences(true).inputShape(4, 3)).add(Dropout.of(0.2));
    KerasTensor ids = Input.of(4).output();
    KerasTensor vectors = Embedding.of(3, 3).maskZero(true).call(ids);
    KerasTensor steps = inner.call(vectors);
    KerasTensor both = Bidirectional.of(LSTM.of(2).returnSequences(true)).call(steps);
    KerasTensor last = SimpleRNN.of(3).call(both);
    KerasTensor mean = GlobalAveragePooling1D.of().call(both);
    return filled(new Model(List.of(ids), List.of(last, mean)), 3);
  }

  private static Served of(Layer... layers) {
    return of(0, layers);
  }

  private static Served of(int ids, Layer... layers) {
    Sequential model = new Sequential();
    for (Layer layer : layers) {
      model.add(layer);
    }

    return filled(model, ids);
  }

  /** Returns a model of every activation function by name. */
  public static Served ofActivation(String name) {
    return of(Activation.of(name).inputShape(2, 6));
  }

  /** Returns a model all of whose variables get random values, variances positive ones. */
  public static Served filled(Model model, int ids) {
    int index = 0;
    for (Variable variable : model.variables()) {
      RandomStream random = RandomStream.of(7, index++);
      float[] values = variable.values();
      for (int i = 0; i < values.length; i++) {
        float value = (float) random.nextGaussian();
        values[i] = variable.name().endsWith("variance") ? value * value + 0.1f : value;
      }
    }

    return new Served(model, ids);
  }
}
