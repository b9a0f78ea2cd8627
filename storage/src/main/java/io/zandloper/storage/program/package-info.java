/**
 * Expressions as programs of our own: evaluated without allocation over the bytes of a stored record, and always with
 * the result that the CEL library's interpreter has.
 *
 * <p>A {@link ProgramCompiler} turns the checked trees of one catalog into {@link Program}s over numbered names; an
 * {@link Evaluation} holds, for one thread, what programs read; {@link Conjunct}s tell what a condition says of a single
 * variable, so that tables can be made of it.
 *
 * <pre>
 *   Expression ──ProgramCompiler──► Program ◄──reads── Evaluation ◄── record bytes, maps, segment bits
 *                                      │
 *                                      └─ conjuncts ──► Conjunct ── Variable, Domain
 * </pre>
 *
 * What is not compiled runs in the library's interpreter, and a program says so.
 */
@NullMarked
package io.zandloper.storage.program;

import org.jspecify.annotations.NullMarked;
