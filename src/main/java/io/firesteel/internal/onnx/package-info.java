/**
 * Networks as ONNX models: a writer of the format's protocol buffers, and how each layer is said in
 * ONNX's operators. A layer gets there by an entry in {@code LayerExporters}.
 */
@NullMarked
package io.firesteel.internal.onnx;

import org.jspecify.annotations.NullMarked;
