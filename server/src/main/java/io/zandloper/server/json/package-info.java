/**
 * Documents as JSON: strict reading of what callers send, and one writer per document that goes out.
 *
 * <p>{@link StrictJson} turns bytes into a tree in which every number is a {@code long} or a finite {@code double} and
 * every string survives UTF-8; the readers turn trees into changes and requests; the writers stream values out. What is
 * no JSON, or the wrong kind of JSON, is a {@link MalformedBodyException}; what is understood but not allowed is an
 * {@code InvalidInputException} that lists every error by path.
 */
@NullMarked
package io.zandloper.server.json;

import org.jspecify.annotations.NullMarked;
