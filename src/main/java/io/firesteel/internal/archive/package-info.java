/** HDF5 files as Keras writes them, and what else an archive is made of. */
@NullMarked
package io.firesteel.internal.archive;

import org.jspecify.annotations.NullMarked;
