package io.firesteel.layers;

import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The layers by name (Keras 3.15, keras/src/layers/__init__.py), and {@link FMInteraction}, which
 * Keras does not have: it is saved as a custom one of the package {@code firesteel}.
 */
public final class Layers {

  private static final Set<Object> MASK_OPERATIONS =
      Set.of("NotEqual", "Any", "LogicalOr", "ZerosLike", "OnesLike");

  /** Operations on masks that are operations on values as well. */
  private static final Set<Object> OF_ANY_TYPE = Set.of("ExpandDims", "Concatenate");

  private static final String INSTEAD =
      "make a functional model of Embedding, Concatenate, Add and FMInteraction, with ids that are"
          + " indices, as conf/clicks.json does, and train it anew";

  private static final ObjectRegistry<Layer> REGISTRY =
      ObjectRegistry.builder("layer", "keras.layers", Layer.class)
          .add(InputLayer.class, InputLayer::fromConfig)
          .add(Dense.class, Dense::fromConfig)
          .add(Activation.class, Activation::fromConfig)
          .add(Dropout.class, Dropout::fromConfig)
          .add(Flatten.class, Flatten::fromConfig)
          .add(Reshape.class, Reshape::fromConfig)
          .add(Rescaling.class, Rescaling::fromConfig)
          .add(Normalization.class, Normalization::fromConfig)
          .add(GaussianNoise.class, GaussianNoise::fromConfig)
          .add(ReLU.class, ReLU::fromConfig)
          .add(LeakyReLU.class, LeakyReLU::fromConfig)
          .add(ELU.class, ELU::fromConfig)
          .add(Softmax.class, Softmax::fromConfig)
          .add(Conv2D.class, Conv2D::fromConfig)
          .add(MaxPooling2D.class, MaxPooling2D::fromConfig)
          .add(AveragePooling2D.class, AveragePooling2D::fromConfig)
          .add(GlobalAveragePooling2D.class, GlobalAveragePooling2D::fromConfig)
          .add(BatchNormalization.class, BatchNormalization::fromConfig)
          .add(LayerNormalization.class, LayerNormalization::fromConfig)
          .add(Embedding.class, Embedding::fromConfig)
          .add(ReversibleEmbedding.class, ReversibleEmbedding::fromConfig)
          .add(Add.class, Add::fromConfig)
          .add(Subtract.class, Subtract::fromConfig)
          .add(Multiply.class, Multiply::fromConfig)
          .add(Average.class, Average::fromConfig)
          .add(Maximum.class, Maximum::fromConfig)
          .add(Minimum.class, Minimum::fromConfig)
          .add(Concatenate.class, Concatenate::fromConfig)
          .add(Dot.class, Dot::fromConfig)
          .add(ZeroPadding1D.class, ZeroPadding1D::fromConfig)
          .add(ZeroPadding2D.class, ZeroPadding2D::fromConfig)
          .add(Cropping1D.class, Cropping1D::fromConfig)
          .add(Cropping2D.class, Cropping2D::fromConfig)
          .add(UpSampling2D.class, UpSampling2D::fromConfig)
          .add(Permute.class, Permute::fromConfig)
          .add(RepeatVector.class, RepeatVector::fromConfig)
          .add(Identity.class, Identity::fromConfig)
          .add(Masking.class, Masking::fromConfig)
          .add(ActivityRegularization.class, ActivityRegularization::fromConfig)
          .add(AlphaDropout.class, AlphaDropout::fromConfig)
          .add(GaussianDropout.class, GaussianDropout::fromConfig)
          .add(SpatialDropout1D.class, SpatialDropout1D::fromConfig)
          .add(SpatialDropout2D.class, SpatialDropout2D::fromConfig)
          .add(PReLU.class, PReLU::fromConfig)
          .add(UnitNormalization.class, UnitNormalization::fromConfig)
          .add(MaxPooling1D.class, MaxPooling1D::fromConfig)
          .add(AveragePooling1D.class, AveragePooling1D::fromConfig)
          .add(GlobalMaxPooling1D.class, GlobalMaxPooling1D::fromConfig)
          .add(GlobalMaxPooling2D.class, GlobalMaxPooling2D::fromConfig)
          .add(GlobalAveragePooling1D.class, GlobalAveragePooling1D::fromConfig)
          .add(Conv1D.class, Conv1D::fromConfig)
          .add(SimpleRNN.class, SimpleRNN::fromConfig)
          .add(GRU.class, GRU::fromConfig)
          .add(LSTM.class, LSTM::fromConfig)
          .add(Bidirectional.class, Bidirectional::fromConfig)
          .add(TimeDistributed.class, TimeDistributed::fromConfig)
          .addOwn(FMInteraction.class, FMInteraction::fromConfig)
          .addOwn(GetItem.class, GetItem::fromConfig)
          .addOwn(AxisReduction.class, AxisReduction::fromConfig)
          .addOwn(ElementwiseOperation.class, ElementwiseOperation::fromConfig)
          .add(DepthwiseConv1D.class, DepthwiseConv1D::fromConfig)
          .add(DepthwiseConv2D.class, DepthwiseConv2D::fromConfig)
          .add(SeparableConv1D.class, SeparableConv1D::fromConfig)
          .add(SeparableConv2D.class, SeparableConv2D::fromConfig)
          .add(SpectralNormalization.class, SpectralNormalization::fromConfig)
          .add(RNN.class, RNN::fromConfig)
          .add(EinsumDense.class, EinsumDense::fromConfig)
          .add(Conv1DTranspose.class, Conv1DTranspose::fromConfig)
          .add(Conv2DTranspose.class, Conv2DTranspose::fromConfig)
          .add(GroupNormalization.class, GroupNormalization::fromConfig)
          .add(RMSNormalization.class, RMSNormalization::fromConfig)
          .add(UpSampling1D.class, UpSampling1D::fromConfig)
          .add(MultiHeadAttention.class, MultiHeadAttention::fromConfig)
          .add(Attention.class, Attention::fromConfig)
          .add(AdditiveAttention.class, AdditiveAttention::fromConfig)
          .add(CategoryEncoding.class, CategoryEncoding::fromConfig)
          .add(Discretization.class, Discretization::fromConfig)
          .add(Hashing.class, Hashing::fromConfig)
          .add(IntegerLookup.class, IntegerLookup::fromConfig)
          .removed(INSTEAD, "FeatureBlock", "Slice", "SkipConnection")
          .add(Conv3D.class, Conv3D::fromConfig)
          .add(ConvLSTM1D.class, ConvLSTM1D::fromConfig)
          .add(ConvLSTM2D.class, ConvLSTM2D::fromConfig)
          .add(ConvLSTM3D.class, ConvLSTM3D::fromConfig)
          .add(Conv3DTranspose.class, Conv3DTranspose::fromConfig)
          .add(MaxPooling3D.class, MaxPooling3D::fromConfig)
          .add(AveragePooling3D.class, AveragePooling3D::fromConfig)
          .add(GlobalMaxPooling3D.class, GlobalMaxPooling3D::fromConfig)
          .add(GlobalAveragePooling3D.class, GlobalAveragePooling3D::fromConfig)
          .add(ZeroPadding3D.class, ZeroPadding3D::fromConfig)
          .add(Cropping3D.class, Cropping3D::fromConfig)
          .add(UpSampling3D.class, UpSampling3D::fromConfig)
          .add(SpatialDropout3D.class, SpatialDropout3D::fromConfig)
          .add(AdaptiveAveragePooling1D.class, AdaptiveAveragePooling1D::fromConfig)
          .add(AdaptiveAveragePooling2D.class, AdaptiveAveragePooling2D::fromConfig)
          .add(AdaptiveAveragePooling3D.class, AdaptiveAveragePooling3D::fromConfig)
          .add(AdaptiveMaxPooling1D.class, AdaptiveMaxPooling1D::fromConfig)
          .add(AdaptiveMaxPooling2D.class, AdaptiveMaxPooling2D::fromConfig)
          .add(AdaptiveMaxPooling3D.class, AdaptiveMaxPooling3D::fromConfig)
          .addRead(
              GroupedQueryAttention.NAME,
              GroupedQueryAttention.class,
              GroupedQueryAttention::read,
              "GroupedQueryAttention")
          .refused(
              "takes texts, and a tensor here holds floats alone: make whole numbers of them before"
                  + " they come to the model, by StringIndexer, Spark's hash or data.select",
              "StringLookup",
              "TextVectorization",
              "HashedCrossing")
          .build();

  private Layers() {}

  /**
   * Returns the layer that an identifier names.
   *
   * @param identifier a layer, the name of one without required arguments, or a serialized form
   * @throws IllegalArgumentException if it names none
   */
  public static Layer get(@Nullable Object identifier) {
    return REGISTRY.get(identifier);
  }

  /**
   * Tells whether what stands among the layers of a model is one of the operations by which Keras
   * computes masks.
   */
  public static boolean isMaskOperation(Config serialized) {
    Object className = serialized.get("class_name");
    return serialized.get("module") instanceof String module
        && module.startsWith("keras.src.ops")
        && (MASK_OPERATIONS.contains(className)
            || (OF_ANY_TYPE.contains(className) && isOfBooleans(serialized.get("inbound_nodes"))));
  }

  /** Tells whether the first tensor in a serialized call is one of booleans. */
  private static boolean isOfBooleans(@Nullable Object given) {
    if (given instanceof List<?> list) {
      return !list.isEmpty() && isOfBooleans(list.get(0));
    }

    if (!(given instanceof Config config)) {
      return false;
    }

    return config.has("args")
        ? isOfBooleans(config.get("args"))
        : config.get("config") instanceof Config fields && "bool".equals(fields.get("dtype"));
  }

  /** Returns Keras's serialized form of a layer that is in no model yet. */
  public static Config serialize(Layer layer) {
    return REGISTRY.serialize(layer);
  }

  /**
   * Returns Keras's serialized form of a layer in a model, with the {@code build_config} that Keras
   * writes for layers that it builds.
   *
   * @param inputs the shape of one row of each input
   */
  public static Config serialize(Layer layer, List<Shape> inputs) {
    Config serialized =
        serialize(layer instanceof IndexLookup<?> lookup ? lookup.withVocabularyInConfig() : layer);
    if (layer.builtAtInit()) {
      return serialized;
    }

    if (layer instanceof IndexLookup<?>) {
      return serialized.with("build_config", Config.empty());
    }

    Config build =
        layer instanceof MultiInputLayer<?> several
                && !(layer instanceof SequenceLayer<?> && inputs.size() == 1)
            ? buildConfig(several, inputs)
            : Config.builder().put("input_shape", inputs.get(0).toBatchList()).build();
    return serialized.with("build_config", build);
  }

  /** A layer whose inputs are arguments of their own is built for each of them by name. */
  private static Config buildConfig(MultiInputLayer<?> layer, List<Shape> inputs) {
    List<?> shapes = inputs.stream().map(Shape::toBatchList).toList();
    if (layer.callNames().isEmpty()) {
      return Config.builder().put("input_shape", shapes).build();
    }

    Config.Builder named = Config.builder();
    if (layer instanceof SequenceLayer<?>) {
      List<?> states = shapes.subList(1, shapes.size());
      named.put("sequences_shape", shapes.get(0));
      named.put(SequenceLayer.STATES + "_shape", states.size() == 1 ? states.get(0) : states);
      return Config.builder().put("shapes_dict", named.build()).build();
    }

    for (int i = 0; i < shapes.size(); i++) {
      if (!layer.callNames().get(i).endsWith("_mask")) {
        named.put(layer.callNames().get(i) + "_shape", shapes.get(i));
      }
    }

    return Config.builder().put("shapes_dict", named.build()).build();
  }

  /**
   * Returns the layer of a serialized form.
   *
   * @throws IllegalArgumentException if the class is unknown or an argument is not supported
   */
  public static Layer deserialize(Config serialized) {
    return REGISTRY.deserialize(serialized);
  }

  /**
   * Makes a custom layer known under {@code packageName>SimpleName}.
   *
   * @throws IllegalArgumentException if another class has that name
   */
  public static <L extends Layer> void register(
      String packageName, Class<L> type, ConfigFactory<L> factory) {
    REGISTRY.register(packageName, type, factory);
  }

  /** Returns the class names of the built-ins, in order. */
  public static List<String> classNames() {
    return REGISTRY.classNames();
  }
}
