/** Schemas, frames, status codes and the Java client. */
@NullMarked
package io.zandloper.protocol;

import org.jspecify.annotations.NullMarked;
