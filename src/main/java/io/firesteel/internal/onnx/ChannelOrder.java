package io.firesteel.internal.onnx;

/** Where the channels of images and sequences are. ONNX has them before the places in space. */
final class ChannelOrder {

  private ChannelOrder() {}

  /** Tells whether the layer has the channels first. */
  static boolean isFirst(OnnxCall call) {
    return call.config().string("data_format", "channels_last").equals("channels_first");
  }

  /** Returns a tensor with channels last as one with channels first. */
  static String toFirst(OnnxGraph graph, String x, int space) {
    int[] order = new int[space + 2];
    order[1] = space + 1;
    for (int i = 0; i < space; i++) {
      order[2 + i] = 1 + i;
    }

    return graph.transpose(x, order);
  }

  /** Returns a tensor with channels first as one with channels last. */
  static String toLast(OnnxGraph graph, String x, int space) {
    int[] order = new int[space + 2];
    order[space + 1] = 1;
    for (int i = 0; i < space; i++) {
      order[1 + i] = 2 + i;
    }

    return graph.transpose(x, order);
  }
}
