package io.firesteel.internal.onnx;

/** Says a layer in ONNX's operators. */
@FunctionalInterface
interface LayerExporter {

  /**
   * Adds the operators of a call.
   *
   * @return the tensor of the output
   * @throws IllegalArgumentException if the layer's arguments have no counterpart
   */
  String export(OnnxCall call);
}
