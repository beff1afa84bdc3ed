/**
 * What training changes: {@link io.firesteel.variables.Variable}, and {@link
 * io.firesteel.variables.VariableValues}, the values of one step as they go out to the shards.
 */
@NullMarked
package io.firesteel.variables;

import org.jspecify.annotations.NullMarked;
