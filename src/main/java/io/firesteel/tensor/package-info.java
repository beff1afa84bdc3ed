/**
 * Shapes, float32 tensors, dense and row-sparse, random streams, threads for chunks of work, and
 * the one seam to numeric loops and BLAS. Imports nothing of Firesteel.
 */
@NullMarked
package io.firesteel.tensor;

import org.jspecify.annotations.NullMarked;
