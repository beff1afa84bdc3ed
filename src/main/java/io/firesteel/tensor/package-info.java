/**
 * Shapes, dense float32 tensors, random streams, and the one seam to numeric loops and BLAS.
 * Imports nothing of Firesteel.
 */
@NullMarked
package io.firesteel.tensor;

import org.jspecify.annotations.NullMarked;
