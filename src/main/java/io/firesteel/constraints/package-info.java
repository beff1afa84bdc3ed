/**
 * What a weight must satisfy after each update: the abstract {@link
 * io.firesteel.constraints.Constraint}, one class per file, and the registry {@link
 * io.firesteel.constraints.Constraints}.
 */
@NullMarked
package io.firesteel.constraints;

import org.jspecify.annotations.NullMarked;
