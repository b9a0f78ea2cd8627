/**
 * Proof that a body from outside is a well-formed buffer of its schema, before anybody reads it.
 *
 * <p>The FlatBuffers runtime for Java follows every offset it finds and has no verifier of its own. Here a
 * {@link io.zandloper.protocol.verify.TableShape} says what a table of a schema holds, {@link
 * io.zandloper.protocol.verify.TableShapes} says it of ours, and {@link io.zandloper.protocol.verify.BodyVerifier}
 * walks a body along them.
 */
@NullMarked
package io.zandloper.protocol.verify;

import org.jspecify.annotations.NullMarked;
