package io.firesteel.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.PackageClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every layer: the backward pass is the derivative of the forward pass. */
class LayerConformanceTest {

  private static final int ROWS = 3;
  private static final float H = 0x1.0p-6f;

  /** What the input holds. */
  private enum Values {
    NORMAL,
    /** Values that differ by more than a central difference moves them. */
    APART,
    IDS,
    /** Indices of categories, which have no gradient. */
    CODES
  }

  private static final Shape FIVE = Shape.of(5);
  private static final Shape VOLUME = Shape.of(3, 2, 4, 2);

  /** A layer and the shape of its input rows. */
  private record Case(Layer layer, Shape input, Values values, List<Shape> others) {
    Case(Layer layer, Shape input, Values values) {
      this(layer, input, values, List.of());
    }

    Case(Layer layer, Shape input) {
      this(layer, input, Values.NORMAL);
    }

    /** A layer of several inputs. */
    static Case of(Layer layer, Shape input, Shape... others) {
      return new Case(layer, input, Values.NORMAL, List.of(others));
    }

    List<Shape> inputs() {
      List<Shape> inputs = new ArrayList<>(List.of(input));
      inputs.addAll(others);
      return inputs;
    }

    @Override
    public String toString() {
      return layer.getConfig() + " on " + inputs();
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(Input.of(4), Shape.of(4)),
        new Case(Dense.of(5), Shape.of(4)),
        new Case(Dense.of(5), Shape.of(2, 4)),
        new Case(Dense.of(1).useBias(false), Shape.of(2, 3, 1)),
        new Case(Dense.of(3).activation("tanh"), Shape.of(4)),
        new Case(Dense.of(3).activation("softmax"), Shape.of(2, 4)),
        new Case(Dense.of(3).activation("gelu"), Shape.of(4)),
        new Case(Dense.of(3).activation("softplus").useBias(false), Shape.of(2, 4)),
        new Case(Activation.of("sigmoid"), Shape.of(4)),
        new Case(Activation.of("silu"), Shape.of(2, 3)),
        new Case(Activation.of("log_softmax"), Shape.of(2, 3)),
        new Case(Activation.of("tanh"), Shape.scalar()),
        new Case(Dropout.of(0.4), Shape.of(2, 5)),
        new Case(Dropout.of(0.4).seed(1), Shape.of(4)),
        new Case(Flatten.of(), Shape.of(2, 3)),
        new Case(Flatten.of(), Shape.scalar()),
        new Case(Flatten.of().dataFormat("channels_first"), Shape.of(2, 3, 2)),
        new Case(Flatten.of().dataFormat("channels_first"), Shape.of(3)),
        new Case(Reshape.of(3, -1), Shape.of(2, 6)),
        new Case(Rescaling.of(0.5, 2.0), Shape.of(2, 3)),
        new Case(Rescaling.of(new double[] {0.5, 2.0}, new double[] {1.0}), Shape.of(3, 2)),
        new Case(GaussianNoise.of(0.5), Shape.of(2, 3)),
        new Case(GaussianNoise.of(0.5).seed(1), Shape.of(4)),
        new Case(ReLU.of(), Shape.of(4, 2), Values.APART),
        new Case(ReLU.of().maxValue(0.4).negativeSlope(0.2), Shape.of(8), Values.APART),
        new Case(ReLU.of().threshold(0.4).negativeSlope(0.2), Shape.of(8), Values.APART),
        new Case(LeakyReLU.of(), Shape.of(8), Values.APART),
        new Case(ELU.of(2.0), Shape.of(8), Values.APART),
        new Case(Softmax.of(), Shape.of(2, 4)),
        new Case(Softmax.of(1), Shape.of(2, 4)),
        new Case(Softmax.over(1, 2), Shape.of(2, 3, 2)),
        new Case(Conv2D.of(2, 3), Shape.of(5, 4, 2)),
        new Case(Conv2D.of(2, 1).activation("tanh"), Shape.of(3, 2, 2)),
        new Case(Conv2D.of(2, 3, 2).strides(2, 1).padding("same"), Shape.of(4, 5, 1)),
        new Case(Conv2D.of(2, 2).dilationRate(2).padding("SAME"), Shape.of(4, 3, 2)),
        new Case(Conv2D.of(3, 2).activation("softmax").useBias(false), Shape.of(3, 3, 2)),
        new Case(Conv2D.of(2, 2).dataFormat("channels_first"), Shape.of(2, 3, 4)),
        new Case(
            Conv2D.of(2, 2).dataFormat("channels_first").activation("gelu").padding("same"),
            Shape.of(2, 3, 4)),
        new Case(DepthwiseConv2D.of(2), Shape.of(4, 3, 2)),
        new Case(
            DepthwiseConv2D.of(3, 2)
                .depthMultiplier(2)
                .strides(2)
                .padding("same")
                .activation("silu")
                .dataFormat("channels_first"),
            Shape.of(2, 5, 4)),
        new Case(SeparableConv2D.of(3, 2).depthMultiplier(2), Shape.of(4, 3, 2)),
        new Case(
            SeparableConv2D.of(2, 2).dilationRate(2).useBias(false).dataFormat("channels_first"),
            Shape.of(2, 4, 5)),
        new Case(Conv2DTranspose.of(3, 2).strides(2), Shape.of(3, 2, 2)),
        new Case(
            Conv2DTranspose.of(2, 3, 2)
                .strides(2)
                .padding("same")
                .activation("gelu")
                .dataFormat("channels_first"),
            Shape.of(2, 3, 4)),
        new Case(
            Conv2DTranspose.of(2, 3).strides(3).outputPadding(1, 2).useBias(false),
            Shape.of(2, 3, 2)),
        new Case(GroupNormalization.of(2), Shape.of(3, 4)),
        new Case(GroupNormalization.of(-1).axis(1).center(false), Shape.of(3, 4)),
        new Case(RMSNormalization.of(), Shape.of(2, 4)),
        new Case(RMSNormalization.of().axis(2, 3), Shape.of(2, 3, 2)),
        new Case(LayerNormalization.of().axis(1, 3), Shape.of(2, 3, 2)),
        new Case(UpSampling1D.of(3), Shape.of(3, 2)),
        new Case(Embedding.of(5, 3).maskZero(true), Shape.of(4), Values.IDS),
        new Case(MaxPooling2D.of(), Shape.of(5, 4, 2), Values.APART),
        new Case(
            MaxPooling2D.of(3, 2).strides(1).padding("same").dataFormat("channels_first"),
            Shape.of(2, 4, 3),
            Values.APART),
        new Case(AveragePooling2D.of(2), Shape.of(5, 4, 2)),
        new Case(
            AveragePooling2D.of(3, 2).strides(1, 2).padding("same").dataFormat("channels_first"),
            Shape.of(2, 4, 3)),
        new Case(GlobalAveragePooling2D.of(), Shape.of(3, 4, 2)),
        new Case(
            GlobalAveragePooling2D.of().dataFormat("channels_first").keepdims(true),
            Shape.of(2, 3, 4)),
        new Case(LayerNormalization.of(), Shape.of(2, 6)),
        new Case(LayerNormalization.of().axis(1).center(false), Shape.of(6, 2)),
        new Case(LayerNormalization.of().axis(-2, -1).scale(false), Shape.of(2, 3, 2)),
        new Case(LayerNormalization.of().rmsScaling(true), Shape.of(2, 6)),
        new Case(Normalization.of(), Shape.of(2, 3)),
        new Case(Normalization.of().axis(1).invert(true), Shape.of(2, 3)),
        new Case(Normalization.of().axis(), Shape.of(2, 3)),
        new Case(Normalization.of().moments(0.5, 2.0), Shape.of(4)),
        new Case(BatchNormalization.of(), Shape.of(4)),
        new Case(BatchNormalization.of().center(false), Shape.of(2, 3, 2)),
        new Case(BatchNormalization.of().axis(1).scale(false), Shape.of(2, 4)),
        new Case(BatchNormalization.of().axis(-2).trainable(false), Shape.of(2, 3)),
        new Case(Embedding.of(5, 3), Shape.of(4), Values.IDS),
        new Case(Embedding.of(2, 2), Shape.of(2, 3), Values.IDS),
        new Case(Embedding.of(7, 1), Shape.scalar(), Values.IDS),
        new Case(ZeroPadding1D.of(1, 2), Shape.of(3, 2)),
        new Case(ZeroPadding2D.of(1, 0, 2, 1), Shape.of(3, 2, 2)),
        new Case(ZeroPadding2D.of(1).dataFormat("channels_first"), Shape.of(2, 3, 2)),
        new Case(Cropping1D.of(1), Shape.of(4, 2)),
        new Case(Cropping2D.of(1, 0, 0, 1), Shape.of(3, 3, 2)),
        new Case(Cropping2D.of(1).dataFormat("channels_first"), Shape.of(2, 3, 4)),
        new Case(UpSampling2D.of(), Shape.of(2, 3, 2)),
        new Case(UpSampling2D.of(1, 2).dataFormat("channels_first"), Shape.of(2, 2, 2)),
        new Case(Permute.of(3, 1, 2), Shape.of(2, 3, 4)),
        new Case(RepeatVector.of(3), Shape.of(4)),
        new Case(Identity.of(), Shape.of(4)),
        new Case(Masking.of(), Shape.of(3, 2)),
        new Case(ActivityRegularization.of(0.1, 0.2), Shape.of(4)),
        new Case(AlphaDropout.of(0.4), Shape.of(2, 5)),
        new Case(GaussianDropout.of(0.4).seed(2), Shape.of(5)),
        new Case(SpatialDropout1D.of(0.4), Shape.of(3, 4)),
        new Case(SpatialDropout2D.of(0.4).dataFormat("channels_first"), Shape.of(4, 2, 2)),
        new Case(PReLU.of().alphaInitializer("ones"), Shape.of(6), Values.APART),
        new Case(PReLU.of().sharedAxes(1), Shape.of(2, 3), Values.APART),
        new Case(UnitNormalization.of(), Shape.of(2, 3)),
        new Case(MaxPooling1D.of(2), Shape.of(5, 2), Values.APART),
        new Case(AveragePooling1D.of(2).strides(1).padding("same"), Shape.of(5, 2)),
        new Case(GlobalMaxPooling1D.of(), Shape.of(4, 2), Values.APART),
        new Case(
            GlobalMaxPooling2D.of().dataFormat("channels_first").keepdims(true),
            Shape.of(2, 2, 3),
            Values.APART),
        new Case(GlobalAveragePooling1D.of(), Shape.of(4, 2)),
        new Case(Conv1D.of(2, 3).padding("same"), Shape.of(5, 2)),
        new Case(Conv1D.of(2, 2).strides(2).activation("tanh").useBias(false), Shape.of(5, 2)),
        new Case(SimpleRNN.of(3), Shape.of(4, 2)),
        new Case(
            SimpleRNN.of(2).returnSequences(true).goBackwards(true).activation("linear"),
            Shape.of(3, 2)),
        new Case(GRU.of(3), Shape.of(4, 2)),
        new Case(GRU.of(2).returnSequences(true).useBias(false), Shape.of(3, 2)),
        new Case(GRU.of(2).dropout(0.3).recurrentDropout(0.4), Shape.of(3, 2)),
        new Case(GRU.of(3).resetAfter(false), Shape.of(4, 2)),
        new Case(
            GRU.of(2).resetAfter(false).dropout(0.3).recurrentDropout(0.4).activation("softplus"),
            Shape.of(3, 2)),
        new Case(SimpleRNN.of(2).activation("softplus"), Shape.of(3, 2)),
        new Case(LSTM.of(2).activation("softsign").recurrentActivation("softsign"), Shape.of(3, 2)),
        new Case(LSTM.of(3), Shape.of(4, 2)),
        new Case(LSTM.of(2).returnSequences(true).unitForgetBias(false), Shape.of(3, 2)),
        new Case(LSTM.of(2).dropout(0.3).recurrentDropout(0.4), Shape.of(3, 2)),
        new Case(Bidirectional.of(LSTM.of(2)), Shape.of(3, 2)),
        new Case(
            Bidirectional.of(GRU.of(2).returnSequences(true)).mergeMode("mul"), Shape.of(3, 2)),
        new Case(TimeDistributed.of(Dense.of(2).activation("tanh")), Shape.of(3, 4)),
        Case.of(MultiHeadAttention.of(2, 1), Shape.of(2, 2), Shape.of(2, 3)),
        Case.of(
            MultiHeadAttention.of(1, 1).valueDim(2).useBias(false).outputShape(3),
            Shape.of(2, 2),
            Shape.of(2, 2),
            Shape.of(2, 1)),
        Case.of(MultiHeadAttention.of(1, 2).dropout(0.3), Shape.of(2, 2), Shape.of(3, 2)),
        Case.of(Add.of(), Shape.of(2, 3), Shape.of(2, 3), Shape.of(2, 3)),
        Case.of(Add.of(), Shape.of(2, 3), Shape.of(3), Shape.of(2, 1)),
        Case.of(Subtract.of(), Shape.of(4), Shape.of(4)),
        Case.of(Subtract.of(), Shape.of(1), Shape.of(4)),
        Case.of(Multiply.of(), Shape.of(4), Shape.of(4), Shape.of(4)),
        Case.of(Multiply.of(), Shape.of(2, 3), Shape.of(2, 1)),
        Case.of(Average.of(), Shape.of(3), Shape.of(3), Shape.of(3)),
        new Case(Maximum.of(), FIVE, Values.APART, List.of(FIVE, FIVE)),
        new Case(Minimum.of(), FIVE, Values.APART, List.of(FIVE, Shape.of(1))),
        Case.of(Concatenate.of(), Shape.of(2), Shape.of(3), Shape.of(1)),
        Case.of(Concatenate.of().axis(1), Shape.of(2, 3), Shape.of(1, 3)),
        Case.of(Concatenate.of(), Shape.of(2, 2, 1), Shape.of(2, 2, 3)),
        Case.of(Dot.of(1), Shape.of(4), Shape.of(4)),
        Case.of(Dot.of(-1).normalize(true), Shape.of(4), Shape.of(4)),
        Case.of(Dot.of(2, 1), Shape.of(2, 3), Shape.of(3, 4)),
        Case.of(Dot.of(1, 3), Shape.of(3, 2), Shape.of(2, 2, 3)),
        Case.of(FMInteraction.of(), Shape.of(3, 4)),
        Case.of(FMInteraction.of(), Shape.of(1, 2)),
        Case.of(Attention.of(), Shape.of(2, 3), Shape.of(2, 3)),
        Case.of(
            Attention.of().scoreMode("concat").useScale(true),
            Shape.of(2, 2),
            Shape.of(3, 1),
            Shape.of(3, 2)),
        Case.of(
            Attention.of().useScale(true).dropout(0.3).seed(4),
            Shape.of(2, 2),
            Shape.of(3, 1),
            Shape.of(3, 2)),
        Case.of(AdditiveAttention.of(), Shape.of(2, 3), Shape.of(2, 3)),
        Case.of(
            AdditiveAttention.of().useScale(false), Shape.of(2, 2), Shape.of(3, 2), Shape.of(3, 2)),
        Case.of(MultiHeadAttention.of(1, 2).useGate(true), Shape.of(2, 2), Shape.of(2, 3)),
        new Case(CategoryEncoding.of(3), Shape.of(4), Values.CODES),
        new Case(CategoryEncoding.of(3).outputMode("one_hot"), Shape.of(2), Values.CODES),
        new Case(Discretization.of(0.5, 1.5), Shape.of(2, 2), Values.CODES),
        new Case(Hashing.of(5), Shape.of(4), Values.CODES),
        new Case(Hashing.of(5).outputMode("count"), Shape.of(4), Values.CODES),
        new Case(IntegerLookup.of().vocabulary(2, 1), Shape.of(4), Values.CODES),
        new Case(DepthwiseConv1D.of(3).depthMultiplier(2).activation("tanh"), Shape.of(5, 2)),
        new Case(SeparableConv1D.of(3, 2).strides(2).padding("same"), Shape.of(5, 2)),
        new Case(Conv1DTranspose.of(3, 2).strides(2), Shape.of(3, 2)),
        new Case(Conv1DTranspose.of(2, 3).dataFormat("channels_first"), Shape.of(2, 3)),
        new Case(Conv1D.of(2, 3).padding("causal").dilationRate(2), Shape.of(6, 2)),
        new Case(Conv1D.of(4, 2).groups(2).dataFormat("channels_first"), Shape.of(4, 5)),
        new Case(Conv2D.of(4, 2).groups(2).activation("silu"), Shape.of(3, 4, 4)),
        new Case(Conv2D.of(3, 1).groups(3).useBias(false), Shape.of(2, 2, 6)),
        new Case(EinsumDense.of("ab,bc->ac", 3).biasAxes("c").activation("silu"), Shape.of(4)),
        new Case(EinsumDense.of("abc,cd->abd", -1, 3), Shape.of(2, 4)),
        new Case(EinsumDense.of("abc,cde->abed", -1, 2, 3).biasAxes("e"), Shape.of(2, 4)),
        new Case(EinsumDense.of("abc,bcd->abd", 2, 3).biasAxes("bd"), Shape.of(2, 4)),
        new Case(EinsumDense.of("abcd,cd->ab", -1), Shape.of(3, 2, 2)),
        new Case(EinsumDense.of("abc,bd->ad", 3).activation("tanh"), Shape.of(2, 4)),
        new Case(EinsumDense.of("...x,xy->...y", 3).biasAxes("y"), Shape.of(2, 2, 3)),
        new Case(EinsumDense.of("ab...,bc->ac...", 3).biasAxes("c"), Shape.of(2, 3)),
        new Case(UpSampling2D.of(2, 3).interpolation("bilinear"), Shape.of(2, 2, 2)),
        // Of one column, where one iteration finds the singular vectors.
        new Case(SpectralNormalization.of(Dense.of(1).activation("tanh")), Shape.of(2, 4)),
        new Case(RNN.of(LSTM.of(2).returnSequences(true)), Shape.of(3, 2)),
        new Case(item("[%s, -1]".formatted(slice(null, null, null))), Shape.of(3, 2)),
        new Case(item("[%s, %s]".formatted(ELLIPSIS, slice(-1, null, -2))), Shape.of(2, 4)),
        new Case(
            item("[%s, null, %s, 0]".formatted(slice(null, null, 1), slice(1, 9, 2))),
            Shape.of(4, 2, 2)),
        new Case(reduction("Sum", "-1", true), Shape.of(2, 3)),
        new Case(reduction("Mean", "[1, 3]", false), Shape.of(2, 3, 2)),
        new Case(reduction("Max", "1", false), Shape.of(8), Values.APART),
        new Case(reduction("Min", "[-1]", true), Shape.of(8), Values.APART),
        new Case(function("\"Sin\""), Shape.of(2, 3)),
        new Case(function("\"Cos\""), Shape.of(3)),
        new Case(function("\"Square\""), Shape.of(4)),
        new Case(function("\"Expm1\""), Shape.of(4)),
        new Case(function("\"Absolute\""), Shape.of(8), Values.APART),
        new Case(function("\"Power\", \"exponent\": 3.0"), Shape.of(4)),
        new Case(function("\"Clip\", \"x_min\": -0.4, \"x_max\": null"), Shape.of(8), Values.APART),
        new Case(LSTM.of(2).returnState(true), Shape.of(3, 2)),
        Case.of(
            LSTM.of(2).returnState(true).returnSequences(true).recurrentDropout(0.3),
            Shape.of(3, 2),
            Shape.of(2),
            Shape.of(2)),
        Case.of(LSTM.of(2).activation("softsign"), Shape.of(3, 2), Shape.of(2), Shape.of(2)),
        Case.of(GRU.of(2).returnState(true), Shape.of(3, 2), Shape.of(2)),
        Case.of(GRU.of(2).resetAfter(false).goBackwards(true), Shape.of(3, 2), Shape.of(2)),
        Case.of(SimpleRNN.of(2).returnSequences(true), Shape.of(3, 2), Shape.of(2)),
        Case.of(
            Bidirectional.of(LSTM.of(2).returnState(true).returnSequences(true)).mergeMode("mul"),
            Shape.of(3, 2),
            Shape.of(2),
            Shape.of(2),
            Shape.of(2),
            Shape.of(2)),
        Case.of(
            Bidirectional.of(GRU.of(2).returnState(true).returnSequences(true)).mergeMode(null),
            Shape.of(3, 2),
            Shape.of(2),
            Shape.of(2)),
        new Case(
            RNN.of(LSTM.of(3), GRU.of(2), LSTM.of(2).returnState(true).returnSequences(true)),
            Shape.of(3, 2)),
        new Case(RNN.of(SimpleRNN.of(3).goBackwards(true), GRU.of(2)), Shape.of(3, 2)),
        Case.of(RNN.of(LSTM.of(2)), Shape.of(3, 2), Shape.of(2), Shape.of(2)),
        Case.of(Softmax.of(), Shape.of(3, 4), Shape.of(3, 4)),
        Case.of(Softmax.over(1, 2), Shape.of(3, 4), Shape.of(1, 4)),
        new Case(Conv3D.of(2, 2).strides(1, 2, 1).padding("same"), VOLUME),
        new Case(
            Conv3D.of(2, 2).groups(2).activation("gelu").dataFormat("channels_first"),
            Shape.of(2, 3, 2, 4)),
        new Case(Conv3DTranspose.of(2, 2, 1, 2).strides(2).padding("same"), VOLUME),
        new Case(
            Conv3DTranspose.of(3, 2).activation("silu").dataFormat("channels_first"),
            Shape.of(2, 3, 2, 2)),
        new Case(MaxPooling3D.of(2), VOLUME, Values.APART),
        new Case(
            MaxPooling3D.of(2).strides(1).padding("same").dataFormat("channels_first"),
            Shape.of(2, 3, 2, 4),
            Values.APART),
        new Case(AveragePooling3D.of(2, 1, 3).padding("same"), VOLUME),
        new Case(AveragePooling3D.of(2).dataFormat("channels_first"), Shape.of(2, 3, 2, 4)),
        new Case(GlobalMaxPooling3D.of(), VOLUME, Values.APART),
        new Case(GlobalAveragePooling3D.of().keepdims(true), VOLUME),
        new Case(GlobalAveragePooling3D.of().dataFormat("channels_first"), VOLUME),
        new Case(ZeroPadding3D.of(1), VOLUME),
        new Case(
            Cropping3D.of(new int[] {1, 0}, new int[] {0, 0}, new int[] {0, 2}),
            Shape.of(3, 2, 4, 2)),
        new Case(UpSampling3D.of(1, 2, 3), VOLUME),
        new Case(SpatialDropout3D.of(0.4), VOLUME),
        new Case(SpatialDropout3D.of(0.4).seed(2).dataFormat("channels_first"), VOLUME),
        new Case(AdaptiveMaxPooling1D.of(2), Shape.of(5, 2), Values.APART),
        new Case(AdaptiveMaxPooling2D.of(2, 3), Shape.of(3, 4, 2), Values.APART),
        new Case(AdaptiveMaxPooling3D.of(2, 2, 3), VOLUME, Values.APART),
        new Case(AdaptiveAveragePooling1D.of(3), Shape.of(5, 2)),
        new Case(AdaptiveAveragePooling2D.of(4, 1).dataFormat("channels_first"), Shape.of(2, 3, 4)),
        new Case(AdaptiveAveragePooling3D.of(2, 3, 2), VOLUME),
        Case.of(GroupedQueryAttention.of(1, 4, 2), Shape.of(2, 2), Shape.of(2, 2)),
        Case.of(
            GroupedQueryAttention.of(1, 4, 1).useGate(true).useBias(false).dropout(0.2),
            Shape.of(2, 1),
            Shape.of(2, 1),
            Shape.of(2, 2)),
        new Case(Dropout.of(0.4).noiseShape(null, 1, null), Shape.of(3, 4)),
        new Case(AlphaDropout.of(0.4).noiseShape(null, 3, 1), Shape.of(3, 4)),
        Case.of(
            RNN.of(LSTM.of(3), GRU.of(2)), Shape.of(3, 2), Shape.of(3), Shape.of(3), Shape.of(2)),
        Case.of(RNN.of(SimpleRNN.of(3), SimpleRNN.of(2)), Shape.of(3, 2), Shape.of(3), Shape.of(2)),
        Case.of(
            RNN.of(SimpleRNN.of(2), LSTM.of(2).returnState(true)),
            Shape.of(3, 2),
            Shape.of(2),
            Shape.of(2),
            Shape.of(2)),
        Case.of(MultiHeadAttention.of(1, 2), Shape.of(2, 1, 2), Shape.of(1, 2, 2)),
        Case.of(
            MultiHeadAttention.of(2, 1).attentionAxes(1).outputShape(2, 1).useGate(true),
            Shape.of(2, 2, 2),
            Shape.of(1, 2, 2),
            Shape.of(1, 2, 1)),
        Case.of(Attention.of().useScale(true), Shape.of(2, 2, 2), Shape.of(2, 1, 2)),
        new Case(ConvLSTM1D.of(1, 2).returnSequences(true), Shape.of(2, 3, 2)),
        new Case(
            ConvLSTM2D.of(1, 2).padding("same").strides(2).goBackwards(true).returnState(true),
            Shape.of(2, 2, 2, 1)),
        Case.of(
            ConvLSTM2D.of(1, 1, 2).dataFormat("channels_first").activation("gelu").dropout(0.3),
            Shape.of(2, 2, 1, 3),
            Shape.of(1, 1, 2),
            Shape.of(1, 1, 2)),
        new Case(
            ConvLSTM1D.of(1, 2).recurrentDropout(0.3).dilationRate(2).useBias(false),
            Shape.of(2, 4, 1)),
        new Case(ConvLSTM3D.of(1, 2).padding("same"), Shape.of(2, 2, 2, 1, 1)),
        new Case(ReversibleEmbedding.of(5, 3).tieWeights(false), Shape.of(4), Values.IDS));
  }

  private static final String ELLIPSIS = "{\"class_name\": \"__ellipsis__\", \"config\": {}}";

  private static String slice(
      @Nullable Integer start, @Nullable Integer stop, @Nullable Integer step) {
    return "{\"class_name\": \"__slice__\", \"config\": {\"start\": %s, \"stop\": %s, \"step\": %s}}"
        .formatted(start, stop, step);
  }

  private static Layer item(String key) {
    return GetItem.fromConfig(Config.parse("{\"key\": %s}".formatted(key)));
  }

  private static Layer reduction(String operation, String axis, boolean keepdims) {
    return AxisReduction.fromConfig(
        Config.parse(
            "{\"operation\": \"%s\", \"axis\": %s, \"keepdims\": %s}"
                .formatted(operation, axis, keepdims)));
  }

  private static Layer function(String operation) {
    return ElementwiseOperation.fromConfig(
        Config.parse("{\"operation\": %s}".formatted(operation)));
  }

  @Test
  void everyLayerIsCovered() {
    Set<String> covered = new HashSet<>();
    cases().forEach(test -> covered.add(test.layer().getClass().getSimpleName()));
    assertEquals(new HashSet<>(PackageClasses.concrete(Layer.class)), covered);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAreCentralDifferences(Case test) {
    FakeCall call = call(test);
    float[] cotangent = call.outputGradient.clone();
    test.layer().forward(test.inputs(), call);
    test.layer().backward(test.inputs(), call);
    if (test.values() == Values.IDS || test.values() == Values.CODES) {
      assertArrayEquals(new float[call.input.length], call.inputGradient);
    } else {
      assertGradient(test, call, call.input, call.inputGradient, cotangent);
    }

    for (int i = 0; i < call.otherInputs.length; i++) {
      assertGradient(test, call, call.otherInputs[i], call.otherGradients[i], cotangent);
    }

    for (int i = 0; i < call.weights.length; i++) {
      if (call.weightGradients[i] != null) {
        assertGradient(test, call, call.weights[i], call.weightGradients[i], cotangent);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nothingIsComputedThatNobodyNeeds(Case test) {
    FakeCall call = call(test);
    call.inputGradient = null;
    Arrays.fill(call.otherGradients, null);
    call.weightGradients = new float[call.weights.length][];
    test.layer().forward(test.inputs(), call);
    float[] output = call.output.clone();
    test.layer().backward(test.inputs(), call);
    assertArrayEquals(output, call.output);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatGradientsHeldBeforeDoesNotMatter(Case test) {
    FakeCall zeros = call(test);
    FakeCall others = call(test);
    Arrays.fill(others.inputGradient, Float.NaN);
    for (float[] gradient : others.otherGradients) {
      Arrays.fill(gradient, Float.NaN);
    }

    for (float[] gradient : others.weightGradients) {
      if (gradient != null) {
        Arrays.fill(gradient, Float.NaN);
      }
    }

    for (float[] statistic : others.statistics) {
      if (statistic != null) {
        Arrays.fill(statistic, Float.NaN);
      }
    }

    test.layer().forward(test.inputs(), zeros);
    test.layer().backward(test.inputs(), zeros);
    test.layer().forward(test.inputs(), others);
    test.layer().backward(test.inputs(), others);
    assertArrayEquals(zeros.inputGradient, others.inputGradient);
    assertArrayEquals(zeros.otherGradients, others.otherGradients);
    for (int i = 0; i < zeros.weights.length; i++) {
      assertArrayEquals(zeros.weightGradients[i], others.weightGradients[i]);
      assertArrayEquals(zeros.statistics[i], others.statistics[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void inputAndWeightsAreNotWrittenTo(Case test) {
    FakeCall call = call(test);
    FakeCall same = call(test);
    test.layer().forward(test.inputs(), call);
    test.layer().backward(test.inputs(), call);
    assertArrayEquals(same.input, call.input);
    for (int i = 0; i < same.weights.length; i++) {
      assertArrayEquals(same.weights[i], call.weights[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void noRowsAreNoWork(Case test) {
    Shape output = test.layer().computeOutputShape(test.inputs());
    FakeCall call = new FakeCall(0, test.input().size(), output.size(), 1);
    call.others(test.others().stream().mapToInt(Shape::size).toArray());
    provideWeights(test, call);
    test.layer().forward(test.inputs(), call);
    test.layer().backward(test.inputs(), call);
    for (int i = 0; i < call.weights.length; i++) {
      for (float[] sum : Arrays.asList(call.statistics[i], call.weightGradients[i])) {
        if (sum != null) {
          assertArrayEquals(new float[sum.length], sum);
        }
      }
    }
  }

  private static FakeCall call(Case test) {
    Shape output = test.layer().computeOutputShape(test.inputs());
    FakeCall call = new FakeCall(ROWS, test.input().size(), output.size(), 11);
    fill(call.input, test);
    fill(call.outputGradient, 2);
    call.others(test.others().stream().mapToInt(Shape::size).toArray());
    for (int i = 0; i < call.otherInputs.length; i++) {
      fill(call.otherInputs[i], 20 + i);
      keepApart(call.otherInputs[i], i + 1);
    }

    provideWeights(test, call);
    return call;
  }

  private static void provideWeights(Case test, FakeCall call) {
    List<WeightSpec> specs = test.layer().weights(test.inputs());
    call.weights = new float[specs.size()][];
    call.weightGradients = new float[specs.size()][];
    call.statistics = new float[specs.size()][];
    for (int i = 0; i < specs.size(); i++) {
      int size = specs.get(i).shape().size();
      call.weights[i] = new float[size];
      call.weightGradients[i] = specs.get(i).trainable() ? new float[size] : null;
      call.statistics[i] = specs.get(i).isStatistic() ? new float[size] : null;
      fill(call.weights[i], 3 + i);
      if (specs.get(i).name().endsWith("variance")) {
        square(call.weights[i]);
      }
    }
  }

  private static void square(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] * values[i] + 0.1f;
    }
  }

  private static void fill(float[] input, Case test) {
    RandomStream random = RandomStream.of(1);
    int[] order = random.permutation(input.length);
    int vocabulary =
        test.values() == Values.IDS ? test.layer().weights(test.input()).get(0).shape().dim(0) : 1;
    for (int i = 0; i < input.length; i++) {
      input[i] =
          switch (test.values()) {
            case NORMAL -> (float) random.nextGaussian();
            case APART -> (order[i] - input.length / 2) / 8.0f + 0.0625f;
            case IDS -> random.nextInt(vocabulary);
            case CODES -> random.nextInt(3);
          };
    }
  }

  /** Moves the values of an input so that none is as near to one of another as a difference. */
  private static void keepApart(float[] values, int input) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round(values[i] * 8) / 8.0f + 0.0625f + 0.04f * input;
    }
  }

  private static void fill(float[] values, long seed) {
    RandomStream random = RandomStream.of(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
  }

  private static void assertGradient(
      Case test, FakeCall call, float[] values, float[] gradient, float[] cotangent) {
    for (int i = 0; i < values.length; i++) {
      assertGradient(test, call, values, i, gradient[i], cotangent);
    }
  }

  private static void assertGradient(
      Case test, FakeCall call, float[] values, int i, float gradient, float[] cotangent) {
    float value = values[i];
    values[i] = value + H;
    double above = dot(test, call, cotangent);
    values[i] = value - H;
    double below = dot(test, call, cotangent);
    values[i] = value;
    double difference = (above - below) / (2 * H);
    double allowed = 1e-3 * Math.max(1.0, Math.abs(difference));
    assertTrue(
        Math.abs(difference - gradient) <= allowed,
        test + " at " + i + ": " + gradient + " instead of " + difference);
  }

  private static double dot(Case test, FakeCall call, float[] cotangent) {
    test.layer().forward(test.inputs(), call);
    double sum = 0.0;
    for (int i = 0; i < cotangent.length; i++) {
      sum += (double) cotangent[i] * call.output[i];
    }

    return sum;
  }
}
